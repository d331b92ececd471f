"""Blobs: bytes addressed by a location, verified against their digest before they get one."""
