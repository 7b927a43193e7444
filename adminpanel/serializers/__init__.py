"""What the back office is asked, and what it answers."""
