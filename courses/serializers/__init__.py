"""What is sent and answered about courses, by subject."""
