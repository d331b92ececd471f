"""Sync: what a registered Harbor copies from and to other registries, by its own engine.

Reading order: `rules` (what a policy must be, pure), `engine` (who may, and at which instance), then `targets` (the
registries it copies from and to), `policies` (what, where and when) and `runs`.
"""

from kangaroo.core.sync.rules import PolicyChange
from kangaroo.core.sync.sync import Sync
from kangaroo.core.sync.targets import TARGET_TYPES, Candidate, TargetChange
from kangaroo.remote.policies import (
    Endpoint,
    ExecutionFilter,
    ReplicationExecution,
    ReplicationFilter,
    ReplicationPolicy,
    ReplicationTask,
    State,
    TaskFilter,
    Trigger,
)

__all__ = [
    "TARGET_TYPES",
    "Candidate",
    "Endpoint",
    "ExecutionFilter",
    "PolicyChange",
    "ReplicationExecution",
    "ReplicationFilter",
    "ReplicationPolicy",
    "ReplicationTask",
    "State",
    "Sync",
    "TargetChange",
    "TaskFilter",
    "Trigger",
]
