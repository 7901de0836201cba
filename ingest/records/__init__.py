"""The relational store and its lexical index."""
