"""Workspaces, the whole subject behind one name."""

from collections.abc import Callable
from dataclasses import dataclass

from kangaroo.base.clock import Clock, now
from kangaroo.core.access import Access
from kangaroo.core.access.secrets import Cipher
from kangaroo.core.instances import Instances, Parting
from kangaroo.core.workspaces.administration import Administration
from kangaroo.core.workspaces.authority import Authority
from kangaroo.core.workspaces.bindings import Bindings
from kangaroo.core.workspaces.commands import Endpoint
from kangaroo.core.workspaces.credentials import Credentials, Issued
from kangaroo.core.workspaces.custom_roles import CustomRoles
from kangaroo.core.workspaces.directory import Directory
from kangaroo.core.workspaces.explain import Explaining
from kangaroo.core.workspaces.images import Images
from kangaroo.core.workspaces.jobs import WorkspaceJobs
from kangaroo.core.workspaces.leaving import Leaving
from kangaroo.core.workspaces.looking import Looking
from kangaroo.core.workspaces.members import Members
from kangaroo.core.workspaces.pull_credentials import PullCredentials
from kangaroo.core.workspaces.revoking import Revoking
from kangaroo.core.workspaces.robots_elsewhere import RobotsElsewhere
from kangaroo.core.workspaces.spaces import Spaces
from kangaroo.jobs import Queue
from kangaroo.store.meta.database import Database


@dataclass(frozen=True, slots=True)
class Ours:
    """What wiring says of this installation. `authority` gives the PEM of our own CA, if clients must trust one."""

    cipher: Cipher
    authority: Callable[[], bytes | None] = lambda: None


class Workspaces:
    """`authority` is who may what; `looking` what shows from where."""

    def __init__(
        self,
        database: Database,
        queue: Queue,
        access: Access,
        instances: Instances,
        ours: Ours,
        clock: Clock = now,
    ) -> None:
        self._ours = ours
        self.authority = authority = Authority(database, access)
        revoking = Revoking(queue, clock, authority)
        self.looking = looking = Looking(database, queue, authority, instances.opener, clock)
        elsewhere = RobotsElsewhere(looking, revoking)
        self.directory = Directory(database, clock, authority, revoking)
        self.members = Members(database, clock, authority, revoking)
        self.roles = CustomRoles(database, clock, authority, revoking)
        self.bindings = Bindings(database, queue, instances, authority, revoking)
        self.administration = Administration(queue, instances)
        self.spaces = Spaces(looking)
        self.images = Images(looking)
        self.explaining = Explaining(looking)
        self.credentials = Credentials(looking, access, elsewhere, ours.cipher)
        self.pulling = PullCredentials(looking, access, elsewhere, revoking, ours.cipher)
        leaving = Leaving(looking, elsewhere)
        instances.parting = Parting(leaving.end, leaving.remember)
        self.jobs = WorkspaceJobs(looking, revoking, elsewhere, leaving)

    def endpoint(self, issued: Issued, own_url: str) -> Endpoint:
        """Where the issued credential is used; `own_url` is that of this installation, as the client reached it."""
        connection = issued.view.instance.connection
        if connection.url:
            return Endpoint.of(connection.url, connection.ca, insecure=connection.insecure)
        pem = self._ours.authority()
        return Endpoint.of(own_url, "" if pem is None else pem.decode())
