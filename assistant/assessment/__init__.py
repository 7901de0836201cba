"""Status, score and rating of an indicator, by rule packs."""
