"""Sessions in the words of the learner_v1 client: what it sends, filters by and reads."""
