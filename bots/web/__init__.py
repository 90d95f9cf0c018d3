"""The web chat: server-rendered pages, and a channel like any other."""
