"""Harbors we run: made in a cluster through harbor-operator, looked after, and instances like any other once healthy.

Reading order: `names`, `spec` (what is wanted) with `quantities`, `passwords`, `checking`, `changing`; `ends` and
`resolving` (where database, cache and storage are); `composing`, `harbor_cluster`, `front` (spec to objects, pure);
`rows`, `environment`, `requirements`, `dependencies`, `preflight` (what is in the way); `ground` (what all stand on);
`applying`, `making`, `rotating`, `removing`; `standing` (how one is, pure), `observing`, `looking`; `middleware`,
`making_middleware`, `middlewares`; `verifying` with `probe_job`; `choices`, `jobs`.
"""

from kangaroo.base.events import Event, ManagedHarborTurned
from kangaroo.core.managed.changing import Change
from kangaroo.core.managed.choices import Amount, Class, Offer, Room, TlsSecret
from kangaroo.core.managed.composing import ImageSource
from kangaroo.core.managed.ground import Outside, Platform, Terms
from kangaroo.core.managed.jobs import SCHEDULES, TURNED
from kangaroo.core.managed.looking import Sight
from kangaroo.core.managed.making import Wish
from kangaroo.core.managed.making_middleware import Wanted
from kangaroo.core.managed.managed import Harbor, ManagedHarbors
from kangaroo.core.managed.middleware import Instance as MiddlewareInstance
from kangaroo.core.managed.middleware import Service
from kangaroo.core.managed.middlewares import Outcome, Result
from kangaroo.core.managed.names import HarborName, Place
from kangaroo.core.managed.reasons import Hindrance, Obstacle, explained
from kangaroo.core.managed.removing import Farewell
from kangaroo.core.managed.rows import Check, Origin, Row, Unfit, Verdict
from kangaroo.core.managed.spec import (
    Bucket,
    Cache,
    Database,
    Dependencies,
    DependencyMode,
    Expose,
    ExposeMode,
    HarborSpec,
    Middleware,
    RedisType,
    Resources,
    Secrets,
    Storage,
    StorageMode,
    Volume,
)
from kangaroo.core.managed.standing import Condition, Phase, Pod, State
from kangaroo.jobs import Once

EVENTS: dict[type[Event], tuple[str | Once, ...]] = {ManagedHarborTurned: (TURNED,)}

__all__ = [
    "EVENTS",
    "SCHEDULES",
    "Amount",
    "Bucket",
    "Cache",
    "Change",
    "Check",
    "Class",
    "Condition",
    "Database",
    "Dependencies",
    "DependencyMode",
    "Expose",
    "ExposeMode",
    "Farewell",
    "Harbor",
    "HarborName",
    "HarborSpec",
    "Hindrance",
    "ImageSource",
    "ManagedHarbors",
    "Middleware",
    "MiddlewareInstance",
    "Obstacle",
    "Offer",
    "Origin",
    "Outcome",
    "Outside",
    "Phase",
    "Place",
    "Platform",
    "Pod",
    "RedisType",
    "Resources",
    "Result",
    "Room",
    "Row",
    "Secrets",
    "Service",
    "Sight",
    "State",
    "Storage",
    "StorageMode",
    "Terms",
    "TlsSecret",
    "Unfit",
    "Verdict",
    "Volume",
    "Wanted",
    "Wish",
    "explained",
]
