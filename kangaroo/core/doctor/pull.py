"""`doctor pull`: the way of an image to a node, from its name to its bytes, as the kubelet would go it.

Without a cluster the links that hang on one are left out; then the workspace's own pull credential is tried.
"""

from dataclasses import dataclass

from kangaroo.base.actors import SYSTEM
from kangaroo.base.errors import Failure
from kangaroo.base.paging import Window
from kangaroo.core.doctor.chain import Check, Skip
from kangaroo.core.doctor.image_names import PulledImage, parse_image
from kangaroo.core.doctor.links import Link
from kangaroo.core.doctor.pull_namespace import NamespaceExamination
from kangaroo.core.doctor.pull_trial import Trial
from kangaroo.core.doctor.troubles import Ailment, Trouble
from kangaroo.core.instances import PLATFORM, Credential, Instance, Instances, Wish
from kangaroo.core.pull_secrets.content import host_of
from kangaroo.core.workspaces import Workspaces
from kangaroo.core.workspaces.rules import Facts, sight
from kangaroo.core.workspaces.spaces import existing
from kangaroo.remote.values import Space
from kangaroo.store.meta import bindings
from kangaroo.store.meta.database import Database


@dataclass(frozen=True, slots=True)
class PullQuestion:
    """`workspace` 0: none is known. `own_url` is how clients reach the built-in registry.

    `privileged`: who asks may know of every space.
    """

    image: str
    own_url: str
    workspace: int = 0
    privileged: bool = True


@dataclass(frozen=True, slots=True)
class PullSubjects:
    database: Database
    instances: Instances
    workspaces: Workspaces
    trial: Trial


class PullExamination:
    """`namespace` is where it is to be pulled to; None when nobody said."""

    def __init__(
        self, subjects: PullSubjects, question: PullQuestion, namespace: NamespaceExamination | None = None
    ) -> None:
        self._subjects = subjects
        self._question = question
        self._namespace = namespace
        self._image: PulledImage
        self._instance: Instance
        self._space: Space | None = None
        self._credential: Credential | None = None
        self._manifest: Failure | None = None

    def checks(self) -> list[Check]:
        place = self._namespace
        return [
            Check(Link.IMAGE_NAME, self._image_name),
            *([] if place is None else place.first_checks()),
            Check(Link.INSTANCE, self._matched),
            Check(Link.INSTANCE_WORKS, self._works),
            Check(Link.SPACE, self._exists),
            Check(Link.VISIBLE, self._visible),
            *([] if place is None else place.secret_checks(self._needed)),
            Check(Link.PULL_CREDENTIAL, self._accepted),
            Check(Link.MANIFEST, self._there),
            *([] if place is None else [Check(Link.PLATFORM, self._for_the_nodes)]),
        ]

    @property
    def _workspace(self) -> int:
        return self._question.workspace if self._namespace is None else self._namespace.workspace

    def _needed(self) -> tuple[str, bool]:
        """The host whose credential is needed in the namespace; whether the image can be had without one."""
        return self._image.host, self._space is not None and self._space.public

    async def _image_name(self) -> str:
        self._image = parse_image(self._question.image)
        return str(self._image)

    async def _matched(self) -> str:
        known = {self._host(one): one for one in await self._known()}
        found = known.get(self._image.host)
        if found is None:
            names = ", ".join(sorted(filter(None, known))) or "-"
            raise Ailment(Trouble.HOST_UNKNOWN, host=self._image.host, known=names)
        self._instance = found
        return found.name

    async def _known(self) -> list[Instance]:
        """The platform's, which count more, and those of the workspace."""
        found: list[Instance] = []
        for workspace in dict.fromkeys((self._workspace, PLATFORM)):
            wish = Wish(workspace=workspace)
            found += (await self._subjects.instances.page(SYSTEM, wish, Window(1, 0))).items
        return found

    def _host(self, instance: Instance) -> str:
        return host_of(instance.connection.url or self._question.own_url)

    async def _works(self) -> str:
        async with self._subjects.instances.opener.use(SYSTEM, self._instance) as client:
            return f"{await client.probe() * 1000:.0f} ms"

    async def _exists(self) -> str | Skip:
        name = self._image.image.space
        async with self._subjects.instances.opener.use(SYSTEM, self._instance) as client:
            self._space = next(iter(await existing(client, [name])), None)
        if self._space is None:
            if not self._question.privileged:  # the next link says as much as they may know
                return Skip()
            raise Ailment(Trouble.SPACE_UNKNOWN, instance=self._instance.name, space=name)
        return f"{name} ({'public' if self._space.public else 'private'})"

    async def _visible(self) -> str | Skip:
        workspace, space = self._workspace, self._image.image.space
        if not workspace:
            return Skip()
        lookup = self._subjects.database.lookup
        bound: frozenset[str] = frozenset()
        if self._instance.workspace == PLATFORM:
            bound = await bindings.of_workspace(lookup, self._instance.id, workspace)
        facts = Facts(self._instance.workspace, workspace, True, bound)
        if self._space is None or not sight(facts).shows(self._space):
            raise Ailment(Trouble.SPACE_NOT_BOUND, space=space, workspace=workspace)
        return "public" if self._space.public else f"workspace {workspace}"

    async def _accepted(self) -> str | Skip:
        """With the credential from the namespace's secret, or, when no namespace is known, the workspace's own."""
        credential = await self._found_credential()
        trial = self._subjects.trial
        self._manifest = await trial.pull(self._instance, credential, self._image, self._question.own_url)
        return Skip() if credential is None else credential.username

    async def _found_credential(self) -> Credential | None:
        if self._namespace is not None:
            return self._namespace.credential
        if not self._workspace or (self._space is not None and self._space.public):
            return None
        credentials, lacking = await self._subjects.workspaces.pulling.ensure(self._workspace)
        for one in credentials:
            if one.instance.id == self._instance.id:
                return Credential(one.username, one.secret)
        for gap in lacking:
            if gap.instance.id == self._instance.id:
                facts = {"workspace": self._workspace, "instance": self._instance.name}
                raise Ailment(Trouble.NO_CREDENTIAL, detail=str(gap.failure), **facts) from gap.failure
        return None

    async def _there(self) -> str:
        if self._manifest is not None:
            raise self._manifest
        return str(self._image.reference)

    async def _for_the_nodes(self) -> str | Skip:
        assert self._namespace is not None
        nodes = await self._namespace.node_platforms()
        if not nodes:
            return Skip()
        offered = await self._subjects.trial.platforms(self._instance, self._image)
        missing = sorted(nodes - offered)
        if offered and missing:
            raise Ailment(
                Trouble.PLATFORM_MISSING, nodes=", ".join(missing), image=", ".join(sorted(offered))
            )
        return ", ".join(sorted(nodes))
