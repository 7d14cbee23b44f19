"""Pages of the web -> articles of the corpus."""
