"""Metadata: the only SQL of the house. One module per subject; SQLite or PostgreSQL behind `database.Database`."""
