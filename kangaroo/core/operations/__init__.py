"""What the job workers do and did: seen, started and stopped by who runs the system."""

from kangaroo.core.operations.operations import Operations, Run
from kangaroo.jobs import Status

__all__ = ["Operations", "Run", "Status"]
