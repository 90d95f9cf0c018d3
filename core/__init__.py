"""What the bot knows and decides, apart from the platforms it speaks through."""
