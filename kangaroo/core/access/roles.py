"""Who may do what, as tables: Harbor's five roles, the public, and what a robot may be given.

Sources: goharbor/harbor src/common/rbac/project/rbac_role.go and src/common/rbac/const.go. A right is a pair
(resource, action); the letters below are its actions.
"""

from enum import IntEnum
from typing import Literal

Action = Literal[
    "create", "read", "update", "delete", "list", "operate", "stop", "pull", "push", "scanner-pull"
]
Resource = Literal[
    "accessory", "artifact", "artifact-addition", "artifact-label", "audit-log", "catalog", "configuration",
    "export-cve", "garbage-collection", "immutable-tag", "jobservice-monitor", "label", "ldap-user", "log",
    "member", "metadata", "notification-policy", "preheat-instance", "preheat-policy", "project",
    "purge-audit", "quota", "registry", "replication", "replication-adapter", "replication-policy",
    "repository", "robot", "sbom", "scan", "scan-all", "scanner", "security-hub", "system-volumes", "tag",
    "tag-retention", "user", "user-group",
]  # fmt: skip
Pair = tuple[Resource, Action]


class Role(IntEnum):
    """Harbor's role ids, as clients know them; the order of strength is `STRONGEST_FIRST`."""

    PROJECT_ADMIN = 1
    DEVELOPER = 2
    GUEST = 3
    MAINTAINER = 4
    LIMITED_GUEST = 5


STRONGEST_FIRST = (Role.PROJECT_ADMIN, Role.MAINTAINER, Role.DEVELOPER, Role.GUEST, Role.LIMITED_GUEST)

_LETTERS: dict[str, Action] = {
    "C": "create",
    "R": "read",
    "U": "update",
    "X": "delete",
    "L": "list",
    "O": "operate",
    "S": "stop",
    "<": "pull",
    ">": "push",
}

# One column per role in the order of STRONGEST_FIRST, then what anybody may do in a public project.
# fmt: off
_MATRIX: dict[Resource, tuple[str, str, str, str, str, str]] = {
    #                       admin      maintainer dev       guest   limited public
    "project":             ("RUX",     "R",       "R",      "R",    "R",    "R"),
    "member":              ("CRUXL",   "RL",      "RL",     "RL",   "",     ""),
    "metadata":            ("CRUX",    "R",       "",       "",     "",     ""),
    "log":                 ("L",       "",        "",       "",     "",     ""),
    "label":               ("CRUXL",   "CRUXL",   "RL",     "RL",   "",     "RL"),
    "quota":               ("R",       "R",       "R",      "R",    "R",    ""),
    "repository":          ("CRUXL<>", "CRUXL<>", "CRUL<>", "RL<",  "RL<",  "L<"),
    "tag-retention":       ("CRUXLO",  "CRUXLO",  "CRUXLO", "",     "",     ""),
    "immutable-tag":       ("CUXL",    "CUXL",    "",       "",     "",     ""),
    "configuration":       ("RU",      "R",       "R",      "R",    "R",    ""),
    "robot":               ("CRUXL",   "RL",      "RL",     "RL",   "",     ""),
    "notification-policy": ("CRUXL",   "RL",      "",       "",     "",     ""),
    "scan":                ("CRS",     "CRS",     "R",      "R",    "R",    "R"),
    "sbom":                ("CRS",     "CRS",     "R",      "R",    "R",    ""),
    "scanner":             ("RC",      "R",       "R",      "R",    "R",    "R"),
    "artifact":            ("CRXL",    "CRXL",    "CRL",    "RL",   "RL",   "RL"),
    "artifact-addition":   ("R",       "R",       "R",      "R",    "R",    "R"),
    "tag":                 ("LCX",     "LCX",     "LC",     "L",    "L",    "L"),
    "accessory":           ("L",       "L",       "L",      "L",    "L",    "L"),
    "artifact-label":      ("CX",      "CX",      "CX",     "",     "",     ""),
    "preheat-policy":      ("CRUXL",   "",        "",       "",     "",     ""),
    "export-cve":          ("CRL",     "CRL",     "CRL",    "",     "",     ""),
}
# fmt: on

_ROBOT_SYSTEM: dict[Resource, str] = {
    "audit-log": "L",
    "catalog": "R",
    "garbage-collection": "CRLUS",
    "jobservice-monitor": "LS",
    "label": "CRUX",
    "ldap-user": "CL",
    "preheat-instance": "CRUXL",
    "project": "LC",
    "purge-audit": "CRLUS",
    "quota": "RLU",
    "registry": "CRUXL",
    "replication": "CRL",
    "replication-adapter": "L",
    "replication-policy": "CRUXL",
    "robot": "CRLX",
    "scan-all": "CRUS",
    "scanner": "CRUXL",
    "security-hub": "RL",
    "system-volumes": "R",
    "user": "CRUXL",
    "user-group": "CRUXL",
}

_ROBOT_PROJECT: dict[Resource, str] = {
    "accessory": "L",
    "artifact": "RCLX",
    "artifact-addition": "R",
    "artifact-label": "CX",
    "export-cve": "CR",
    "immutable-tag": "CUXL",
    "label": "CRUXL",
    "log": "L",
    "member": "CRUXL",
    "metadata": "CRUXL",
    "notification-policy": "CRUXL",
    "preheat-policy": "CRUXL",
    "project": "RUX",
    "quota": "R",
    "repository": "RUXL<>",
    "robot": "CRLX",
    "sbom": "CRS",
    "scan": "CRS",
    "scanner": "CR",
    "tag": "CLX",
    "tag-retention": "CRUXL",
}


def _pairs(table: dict[Resource, str]) -> frozenset[Pair]:
    return frozenset(
        (resource, _LETTERS[letter]) for resource, letters in table.items() for letter in letters
    )


def _column(number: int) -> frozenset[Pair]:
    return _pairs({resource: columns[number] for resource, columns in _MATRIX.items()})


ROLE_RIGHTS: dict[Role, frozenset[Pair]] = {
    role: _column(number) for number, role in enumerate(STRONGEST_FIRST)
}
PUBLIC_RIGHTS = _column(len(STRONGEST_FIRST))

# What `GET /permissions` lists: the pairs a robot's entry may hold, by the entry's kind.
ROBOT_RIGHTS: dict[Literal["system", "project"], frozenset[Pair]] = {
    "system": _pairs(_ROBOT_SYSTEM),
    "project": _pairs(_ROBOT_PROJECT),
}

# Everything one can ask about in a project and in the system.
PROJECT_PAIRS = ROBOT_RIGHTS["project"].union(*ROLE_RIGHTS.values())
SYSTEM_PAIRS = ROBOT_RIGHTS["system"]

# What a registry token carries, in the order it lists them.
REPOSITORY_ACTIONS: tuple[Action, ...] = ("pull", "push", "delete", "scanner-pull")
