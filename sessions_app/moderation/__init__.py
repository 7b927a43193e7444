"""What admins see of sessions, decide about them and think of them."""
