"""The authorities whose recalls we read: one module each, all on one contract."""
