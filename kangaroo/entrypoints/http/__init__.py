"""The kit of the HTTP dialects: requests, streaming, limits, who asks."""
