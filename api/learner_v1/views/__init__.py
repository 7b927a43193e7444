"""The learner_v1 contract's views, by resource."""
