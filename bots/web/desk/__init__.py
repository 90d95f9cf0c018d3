"""The editorial desk: where people decide what is posted."""
