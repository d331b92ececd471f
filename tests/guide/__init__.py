"""The pictures of the user guide: a platform with a story, and a camera. `make screenshots` runs it."""
