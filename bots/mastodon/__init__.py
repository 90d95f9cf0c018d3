"""The Mastodon channel: Mastodon.py, translated into the contract of channels."""
