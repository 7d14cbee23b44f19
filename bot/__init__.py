"""A Telegram bot that answers from an article and counts everybody's reactions to it."""
