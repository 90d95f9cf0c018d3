"""X as a channel: public accounts that post, and answer when they are asked."""
