"""The Apprise channel: mail, Slack, Matrix, ntfy and whatever else Apprise writes to."""
