"""Reviewed recalls that ship with the bot."""
