"""`make bench`: figures measured on this machine, each beside a floor taken in the same run."""
