"""Handlers: an update -> an answer. ``routes`` lists which handler gets which update."""
