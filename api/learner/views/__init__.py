"""The learner contract's views, by resource."""
