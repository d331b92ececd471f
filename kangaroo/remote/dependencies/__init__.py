"""What a Harbor needs beside itself: PostgreSQL, Redis and S3, asked step by step whether they can be used.

Reading order: `contract` (targets, rows, the promise), `addresses` (texts to targets), `reaching` (name, port, TLS),
`postgres`, `redis`, `s3`, `probes` (one call for all three).
"""
