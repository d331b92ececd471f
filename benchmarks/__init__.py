"""Kangaroo side by side with other registries: `python -m benchmarks.run` measures, benchmarks/results.md keeps."""
