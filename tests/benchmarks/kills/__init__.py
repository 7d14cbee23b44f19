"""Votes after many kills of the bot; __main__ is the command, the other files its parts."""
