"""Where notices and owned items are kept."""
