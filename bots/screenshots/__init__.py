"""Pictures of what each channel shows, drawn from what it would send."""
