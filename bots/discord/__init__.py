"""The Discord channel, on discord.py."""
