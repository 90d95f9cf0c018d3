"""What alerts, corrections, reminders, digests and posts in groups say; pure."""
