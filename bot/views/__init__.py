"""Renders messages: data in, text, entities and keyboards out. No I/O."""
