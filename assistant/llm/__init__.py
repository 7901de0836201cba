"""The language model: wording only, always checked."""
