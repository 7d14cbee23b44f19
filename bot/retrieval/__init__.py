"""Finds the passage of an article that answers a question."""
