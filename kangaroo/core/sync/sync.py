"""Sync, the whole subject behind one name."""

from kangaroo.core.access import Access
from kangaroo.core.instances import Instances
from kangaroo.core.sync.engine import Engines
from kangaroo.core.sync.policies import Policies
from kangaroo.core.sync.runs import Runs
from kangaroo.core.sync.targets import Targets
from kangaroo.store.meta.database import Database


class Sync:
    def __init__(self, database: Database, access: Access, instances: Instances) -> None:
        engines = Engines(database, access.journal, instances)
        self.targets = Targets(engines)
        self.policies = Policies(engines)
        self.runs = Runs(engines)
