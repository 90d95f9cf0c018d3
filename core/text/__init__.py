"""From a verdict to words."""
