"""From raw records to revisions: what an authority changed, kept and reported."""
