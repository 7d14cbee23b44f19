"""How many questions and taps a second a bot carries, beside bare bots of two libraries."""
