"""What can be done with courses, each subject in a module of its own."""
