"""One cluster, over lightkube."""
