"""Many copies of an article under load; __main__ is the command, the other files its parts."""
