"""Retention: which artifacts of a space are kept; what no rule keeps is deleted.

Reading order: `rules` (what a policy must be, pure), `standing` (whose spaces somebody may clean up), `retention`.
"""

from kangaroo.core.retention.retention import Retention
from kangaroo.core.retention.rules import MOST_RULES, Draft, RuleDraft
from kangaroo.remote.policies import (
    RetentionExecution,
    RetentionPolicy,
    RetentionRule,
    RetentionTask,
    Selector,
    State,
    Template,
    Trigger,
)

__all__ = [
    "MOST_RULES",
    "Draft",
    "Retention",
    "RetentionExecution",
    "RetentionPolicy",
    "RetentionRule",
    "RetentionTask",
    "RuleDraft",
    "Selector",
    "State",
    "Template",
    "Trigger",
]
