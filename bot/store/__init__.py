"""The database: votes, tracked messages, settings of chats, deferred updates."""
