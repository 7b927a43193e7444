"""What is kept of a session besides the session itself: notes, recordings, reports of conflicts."""
