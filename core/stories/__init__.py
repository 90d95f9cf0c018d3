"""Recorded histories: what was published when, and an example list of households."""
