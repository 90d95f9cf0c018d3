"""Tools for people who work on the bot: locks, benchmarks, evaluation, the screenshot."""
