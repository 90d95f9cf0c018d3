"""What the step 0005_alerts makes and moves, as it was when the step was written."""
