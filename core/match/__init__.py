"""From one unit and the notices that may name it to a verdict."""
