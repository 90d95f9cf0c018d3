"""Draft rules from a notice's prose: they may warn, never clear."""
