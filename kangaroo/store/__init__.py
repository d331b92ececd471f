"""What we keep: metadata in a database, content in a folder or an object store. They do not know each other."""
