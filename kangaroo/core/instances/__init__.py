"""Which: the registries we manage, the built-in one among them. Registered, looked after, counted, and opened.

Reading order: `values`, `names` and `points` (who may), `directory` (finding), `registering` (with `checking`),
`opener` (clients, one per instance; `builtin` is ours), `health` (pure) and `probing`, `statistics`, `jobs`.
"""

from kangaroo.core.instances.builtin import BuiltIn, Inside
from kangaroo.core.instances.health import Cause, State, Told, cause_of
from kangaroo.core.instances.instances import Instances
from kangaroo.core.instances.names import BUILT_IN, InstanceName
from kangaroo.core.instances.opener import Opener
from kangaroo.core.instances.points import (
    EVERY_POINT,
    PLATFORM,
    PLATFORM_POINTS,
    WORKSPACE_POINTS,
    Point,
    Points,
    require,
)
from kangaroo.core.instances.values import (
    Change,
    Connect,
    Instance,
    InstanceKind,
    Integration,
    Parting,
    Registration,
    Totals,
    Which,
    Wish,
)
from kangaroo.remote.contract import RemoteRegistry
from kangaroo.remote.names import ImageName, SpaceName
from kangaroo.remote.values import Credential, Kind
from kangaroo.store.meta.instances_health import Probe
from kangaroo.store.meta.instances_statistics import Sample

__all__ = [
    "BUILT_IN",
    "EVERY_POINT",
    "PLATFORM",
    "PLATFORM_POINTS",
    "WORKSPACE_POINTS",
    "BuiltIn",
    "Cause",
    "Change",
    "Connect",
    "Credential",
    "ImageName",
    "Inside",
    "Instance",
    "InstanceKind",
    "InstanceName",
    "Instances",
    "Integration",
    "Kind",
    "Opener",
    "Parting",
    "Point",
    "Points",
    "Probe",
    "Registration",
    "RemoteRegistry",
    "Sample",
    "SpaceName",
    "State",
    "Told",
    "Totals",
    "Which",
    "Wish",
    "cause_of",
    "require",
]
