"""By what: in every namespace of a workspace one Secret with which its pods pull what the workspace may pull.

Reading order: `content` (what stands in it), `objects` (the Secret and its marks), `rules` (what to do, and how it
stands) and `accounts`, all pure; `desired` (what a workspace's namespaces are to have), `converging` (from bindings to
what is due), `reaching`, `placing` and `applying` (one cluster at a time), `drift` (what others do), `jobs`; `standing`
(what people see and ask for) and `selecting` (for who deploys).
"""

from kangaroo.base.events import (
    ClusterRegistered,
    Event,
    InstanceChanged,
    NamespaceBound,
    NamespaceUnbound,
    SpaceBound,
    SpaceChanged,
    SpaceUnbound,
)
from kangaroo.core.pull_secrets.asking import (
    CLUSTER_REGISTERED,
    INSTANCE_CHANGED,
    SPACE_CHANGED,
    WORKSPACE,
    key_of,
)
from kangaroo.core.pull_secrets.desired import Gap, Installation
from kangaroo.core.pull_secrets.jobs import SCHEDULES
from kangaroo.core.pull_secrets.objects import ACCOUNTS, NAME
from kangaroo.core.pull_secrets.pull_secrets import PullSecrets
from kangaroo.core.pull_secrets.rules import Standing, State
from kangaroo.core.pull_secrets.selecting import Reference, Usable
from kangaroo.core.pull_secrets.standing import Progress, Seen, Where
from kangaroo.jobs import Once

_WORKSPACE = Once(WORKSPACE, lambda event: key_of(event.workspace))
EVENTS: dict[type[Event], tuple[str | Once, ...]] = {
    SpaceBound: (_WORKSPACE,),
    SpaceUnbound: (_WORKSPACE,),
    NamespaceBound: (_WORKSPACE,),
    NamespaceUnbound: (_WORKSPACE,),
    InstanceChanged: (INSTANCE_CHANGED,),
    SpaceChanged: (SPACE_CHANGED,),
    ClusterRegistered: (CLUSTER_REGISTERED,),
}

__all__ = [
    "ACCOUNTS",
    "EVENTS",
    "NAME",
    "SCHEDULES",
    "Gap",
    "Installation",
    "Progress",
    "PullSecrets",
    "Reference",
    "Seen",
    "Standing",
    "State",
    "Usable",
    "Where",
]
