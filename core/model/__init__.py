"""Plain frozen values that everything else speaks in."""
