"""A corpus of many articles, in the article bot and in other search libraries."""
