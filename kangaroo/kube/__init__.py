"""Clusters: what others keep in Kubernetes. `contract` says what can be asked of one, `client` asks it."""
