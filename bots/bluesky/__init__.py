"""Bluesky: posts for everybody, each with a name of ours, so that a repeat is no second one."""
