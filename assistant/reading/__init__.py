"""What a text says to a question (阅读): a small model reads both together, on the processor."""
