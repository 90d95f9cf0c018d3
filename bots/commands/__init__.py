"""One module a command; each imports what is slow only when it is called."""
