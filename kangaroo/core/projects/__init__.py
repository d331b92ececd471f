"""Where things are: projects (image spaces), what is set about them, and what they may hold.

Reading order: `projects`, `keys` and `metadata` (what is set about one), `ledger` and `quotas` (how much it may hold),
`labels`, `patterns`, `rules` and `immutability` (tags that stay), `allowlists` (vulnerabilities that are let through).
"""

from kangaroo.core.projects.immutability import ImmutabilityGate, KeptRule, Rulebook
from kangaroo.core.projects.ledger import Ledger
from kangaroo.core.projects.projects import AllowlistChange, Projects, ProjectSpec, Summary
from kangaroo.core.projects.rules import Rule, Selector
from kangaroo.store.meta.allowlists import Allowlist
from kangaroo.store.meta.labels import Label, Wording
from kangaroo.store.meta.projects_details import ProjectDetails
from kangaroo.store.meta.projects_quotas import ProjectQuota

__all__ = [
    "Allowlist",
    "AllowlistChange",
    "ImmutabilityGate",
    "KeptRule",
    "Label",
    "Ledger",
    "ProjectDetails",
    "ProjectQuota",
    "ProjectSpec",
    "Projects",
    "Rule",
    "Rulebook",
    "Selector",
    "Summary",
    "Wording",
]
