"""What there is: readers, chats, messages, updates and queries, all in memory."""
