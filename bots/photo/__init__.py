"""Reading photos of labels, in a process of its own."""
