"""The subjects together: what wiring builds and the entrypoints are given."""

from dataclasses import dataclass

from kangaroo.core.access import Access
from kangaroo.core.archives import Archives
from kangaroo.core.clusters import Clusters
from kangaroo.core.doctor import Doctor
from kangaroo.core.gc import Collector, Fsck
from kangaroo.core.instances import Instances
from kangaroo.core.managed import ManagedHarbors
from kangaroo.core.notices import Audit
from kangaroo.core.operations import Operations
from kangaroo.core.projects import Projects
from kangaroo.core.pull_secrets import PullSecrets
from kangaroo.core.registry import Registry
from kangaroo.core.retention import Retention
from kangaroo.core.scan import Scan
from kangaroo.core.sync import Sync
from kangaroo.core.workspaces import Workspaces


@dataclass(frozen=True, slots=True)
class Services:
    access: Access
    projects: Projects
    registry: Registry
    instances: Instances
    workspaces: Workspaces
    clusters: Clusters
    pull_secrets: PullSecrets
    managed: ManagedHarbors
    archives: Archives
    sync: Sync
    retention: Retention
    scan: Scan
    audit: Audit
    collector: Collector
    fsck: Fsck
    operations: Operations
    doctor: Doctor
