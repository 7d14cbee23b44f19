"""Corpus: articles, reactions and aliases, read from files."""
