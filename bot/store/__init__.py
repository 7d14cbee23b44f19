"""The database: votes, copies, and updates that wait; in SQLite or PostgreSQL."""
