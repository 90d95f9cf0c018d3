"""Who is told what, when, and how a delivery that failed goes on."""
