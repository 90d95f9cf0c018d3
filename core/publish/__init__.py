"""The public voice: what accounts post, in which words, with whose approval, at what cost."""
