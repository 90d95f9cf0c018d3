"""The platforms the bot speaks through, and the place that wires everything together."""
