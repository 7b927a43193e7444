"""People as they are answered: canonical data, built without a query per row."""
