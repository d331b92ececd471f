"""The doctor: one method per examination. Each decides first, and then tells row by row what it finds."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from kangaroo.base.actors import SYSTEM, Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.base.query import ListQuery
from kangaroo.core.access import Access
from kangaroo.core.clusters import ClusterName, Clusters, NamespaceName
from kangaroo.core.doctor import dependencies
from kangaroo.core.doctor.chain import walk
from kangaroo.core.doctor.cluster import ClusterExamination
from kangaroo.core.doctor.instance import InstanceExamination
from kangaroo.core.doctor.managed import ManagedExamination
from kangaroo.core.doctor.ourselves import OurExamination, Ourselves
from kangaroo.core.doctor.pull import PullExamination, PullQuestion, PullSubjects
from kangaroo.core.doctor.pull_namespace import NamespaceExamination
from kangaroo.core.doctor.pull_trial import Trial
from kangaroo.core.doctor.readiness import Readiness
from kangaroo.core.doctor.rows import Row
from kangaroo.core.doctor.troubles import Ailment, Trouble
from kangaroo.core.instances import PLATFORM, Instances, Point, Which
from kangaroo.core.managed import HarborName, ManagedHarbors
from kangaroo.core.pull_secrets import PullSecrets
from kangaroo.core.workspaces import Workspaces
from kangaroo.remote.dependencies.contract import Target
from kangaroo.remote.dependencies.probes import Probes
from kangaroo.store.meta.database import Database

MOST_TARGETS = 10


@dataclass(frozen=True, slots=True)
class Place:
    """A namespace of a cluster."""

    cluster: ClusterName
    namespace: NamespaceName


@dataclass(frozen=True, slots=True)
class Patients:
    """What can be examined."""

    database: Database
    access: Access
    instances: Instances
    workspaces: Workspaces
    clusters: Clusters
    pull_secrets: PullSecrets
    managed: ManagedHarbors
    probes: Probes
    ourselves: Ourselves


class Doctor:
    """Every method raises UNAUTHORIZED and FORBIDDEN. `fix`: repair what can be repaired safely on the way."""

    def __init__(self, readiness: Readiness, patients: Patients) -> None:
        self._readiness = readiness
        self._patients = patients
        self.readiness = readiness.readiness

    async def instance(self, actor: Actor, which: Which, *, fix: bool = False) -> AsyncIterator[Row]:
        """For who may read it, or, from a workspace, for its members. That there is none is told as a row."""
        instances = self._patients.instances
        try:
            if which.workspace == PLATFORM:
                instance = await instances.get(actor, which)
            else:
                instance = await instances.seen_from(actor, which, Point.GET_IMAGE)
            which = Which(which.name, instance.workspace)
        except Failure as failure:
            if failure.code is not Code.NOT_FOUND:
                raise
        return walk(InstanceExamination(instances, which).checks(), fix=fix)

    async def pull(
        self, actor: Actor, question: PullQuestion, place: Place | None = None, *, fix: bool = False
    ) -> AsyncIterator[Row]:
        """For administrators, and for members of the workspace, or of that which the namespace belongs to."""
        privileged = await self._may_pull(actor, question, place)
        question = PullQuestion(question.image, question.own_url, question.workspace, privileged)
        patients = self._patients
        trial = Trial(patients.access, patients.instances.opener)
        subjects = PullSubjects(patients.database, patients.instances, patients.workspaces, trial)
        where = None
        if place is not None:
            spot = (place.cluster, place.namespace)
            where = NamespaceExamination(patients.clusters, patients.pull_secrets, spot)
        return walk(PullExamination(subjects, question, where).checks(), fix=fix)

    async def cluster(self, actor: Actor, name: ClusterName) -> AsyncIterator[Row]:
        """For who may see clusters. Raises NOT_FOUND."""
        await self._patients.clusters.get(actor, name)
        return walk(ClusterExamination(self._patients.clusters, name).checks())

    async def managed(self, actor: Actor, name: str, fields: dict[str, str]) -> AsyncIterator[Row]:
        """A Harbor by its name; `fields` (cluster, namespace) say which, where several have it.

        For who may see them. Raises NOT_FOUND.
        """
        patients = self._patients
        harbor = await self._harbor(actor, name, fields)
        examination = ManagedExamination(patients.managed, patients.clusters, patients.probes, harbor)
        return walk(examination.checks())

    async def dependencies_of(self, actor: Actor, name: str, fields: dict[str, str]) -> AsyncIterator[Row]:
        """Those of a managed Harbor, with what it was given. Raises NOT_FOUND."""
        await self._patients.workspaces.authority.require(actor, Point.CREATE_MANAGED_HARBOR)
        harbor = await self._harbor(actor, name, fields)
        targets = await self._patients.managed.targets(SYSTEM, harbor)
        return dependencies.examine(self._patients.probes, list(targets.values()))

    async def _harbor(self, actor: Actor, name: str, fields: dict[str, str]) -> HarborName:
        equals = {"name": name} | {key: value for key, value in fields.items() if value}
        page = await self._patients.managed.page(actor, ListQuery(window=Window(1, 0)))
        fitting = [
            one.name
            for one in page.items
            if equals.items()
            <= {
                "name": one.name.name,
                "cluster": one.name.place.cluster,
                "namespace": one.name.place.namespace,
            }.items()
        ]
        if not fitting:
            raise Ailment(Trouble.NOT_MANAGED, name=name)
        if len(fitting) > 1:
            raise Failure(Code.INVALID_FIELD, field="cluster", reason=", ".join(map(str, fitting)))
        return fitting[0]

    async def dependencies(self, actor: Actor, targets: Sequence[Target]) -> AsyncIterator[Row]:
        """For who may create a managed Harbor. Raises INVALID_FIELD for none, or too many."""
        await self._patients.workspaces.authority.require(actor, Point.CREATE_MANAGED_HARBOR)
        if not 1 <= len(targets) <= MOST_TARGETS:
            raise Failure(Code.INVALID_FIELD, field="targets", reason=f"give 1 to {MOST_TARGETS}")
        return dependencies.examine(self._patients.probes, targets)

    async def ourselves(self, actor: Actor) -> AsyncIterator[Row]:
        """For administrators."""
        await self._patients.workspaces.authority.require_admin(actor, "installation")
        patients = self._patients
        return OurExamination(self._readiness, patients.instances, patients.ourselves).rows()

    async def _may_pull(self, actor: Actor, question: PullQuestion, place: Place | None) -> bool:
        """Whether he may know of every space."""
        authority = self._patients.workspaces.authority
        privileged = Point.GET_REGISTRY_SPACE in await authority(actor, PLATFORM)
        if place is not None:
            await self._may_see(actor, place)
        elif question.workspace and not privileged:
            await authority.require(actor, Point.GET_IMAGE, question.workspace)
        elif question.workspace:
            await authority.exists(question.workspace)
        else:
            await authority.require(actor, Point.GET_REGISTRY_SPACE)
        return privileged

    async def _may_see(self, actor: Actor, place: Place) -> None:
        try:
            await self._patients.clusters.namespaces.workspace_of(actor, place.cluster, place.namespace)
        except Failure as failure:
            if failure.code is not Code.NOT_FOUND:
                raise
            raise Ailment(Trouble.CLUSTER_UNKNOWN, name=place.cluster) from failure
