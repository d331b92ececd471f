"""Instances as group Registries shows and takes them.

Beyond what the published description has: `health` on one registry, and `ca`, `insecure`, `description` and `url`
where a registry is made or changed. Passwords never go out.
"""

from kangaroo.base.errors import Code, Failure
from kangaroo.core.instances import (
    Change,
    Credential,
    Instance,
    InstanceKind,
    InstanceName,
    Integration,
    Kind,
    Registration,
    State,
)
from kangaroo.entrypoints.platform.health_shapes import Health, health_of
from kangaroo.entrypoints.platform.shapes import Body, Shape, Word, seconds
from kangaroo.entrypoints.platform.view import View


class RegistryType(Word):
    UNSPECIFIED = "RegistryType_UNSPECIFIED"
    DOCKER_REGISTRY = "DOCKER_REGISTRY"
    HARBOR = "HARBOR"
    JFROG = "JFROG"


class IntegratedType(Word):
    UNSPECIFIED = "IntegratedType_UNSPECIFIED"
    AUTOMATIC = "Automatic"
    MANUAL = "Manual"


class StatusWord(Word):
    UNSPECIFIED = "CLUSTER_STATUS_UNSPECIFIED"
    HEALTHY = "HEALTHY"
    UNHEALTHY = "UNHEALTHY"


class ClusterStatus(Word):
    """Whether the cluster of a managed Harbor is still known."""

    UNSPECIFIED = "TARGET_CLUSTER_STATUS_UNSPECIFIED"
    NOT_FOUND = "TARGET_CLUSTER_STATUS_NOT_FOUND"
    NORMAL = "TARGET_CLUSTER_STATUS_NORMAL"


class ShownCredential(Shape):
    username: str
    password: str = ""


class Status(Shape):
    status: StatusWord


class Registry(Shape):
    """`is_exist`: the Harbor that was asked about has it among its own targets."""

    name: str
    type: RegistryType
    url: str
    credential: ShownCredential
    integrated_type: IntegratedType
    status: Status
    create_at: str
    is_exist: bool
    cluster_status: ClusterStatus


class KnownRegistry(Registry):
    """One registry, with how it is."""

    health: Health


class Removed(Shape):
    """Ours, where the published description answers with nothing. `robots_left`: robot accounts we made there that
    could not be ended, by name. It is tried on, for some ten days; who wants to be sure removes them by hand."""

    robots_left: list[str]


class RegistryTypeAnswer(Shape):
    registry: str
    type: RegistryType


class GivenCredential(Body):
    username: str = ""
    password: str = ""

    def credential(self) -> Credential:
        return Credential(self.username, self.password)


class CreateRegistry(Body):
    name: str = ""
    type: RegistryType = RegistryType.UNSPECIFIED
    url: str = ""
    credential: GivenCredential | None = None
    ca: str = ""
    insecure: bool = False
    description: str = ""

    def registration(self) -> Registration:
        if self.type is RegistryType.UNSPECIFIED:
            raise Failure(Code.INVALID_FIELD, field="type", reason="say DOCKER_REGISTRY, HARBOR or JFROG")
        return Registration(
            name=InstanceName.parse(self.name),
            kind=Kind(self.type),
            url=self.url,
            credential=None if self.credential is None else self.credential.credential(),
            ca=self.ca,
            insecure=self.insecure,
            description=self.description,
        )


class UpdateRegistry(Body):
    """What is left out stays; a credential without user name and password takes the kept one away."""

    credential: GivenCredential | None = None
    url: str | None = None
    ca: str | None = None
    insecure: bool | None = None
    description: str | None = None

    def change(self) -> Change:
        return Change(
            credential=None if self.credential is None else self.credential.credential(),
            url=self.url,
            ca=self.ca,
            insecure=self.insecure,
            description=self.description,
        )


_STATUS = {
    State.CHECKING: StatusWord.UNSPECIFIED,
    State.HEALTHY: StatusWord.HEALTHY,
    State.DEGRADED: StatusWord.HEALTHY,
    State.UNHEALTHY: StatusWord.UNHEALTHY,
}
INTEGRATIONS = {
    IntegratedType.UNSPECIFIED: None,
    IntegratedType.AUTOMATIC: Integration.AUTOMATIC,
    IntegratedType.MANUAL: Integration.MANUAL,
}


def type_of(instance: Instance) -> RegistryType:
    """The built-in registry speaks Harbor's API, and is shown as one."""
    if instance.kind == InstanceKind.KANGAROO:
        return RegistryType.HARBOR
    return RegistryType(instance.kind)


def url_of(instance: Instance, view: View) -> str:
    return instance.connection.url or view.own_url


def registry_of(instance: Instance, view: View) -> Registry:
    return Registry(
        name=instance.name,
        type=type_of(instance),
        url=url_of(instance, view),
        credential=ShownCredential(username=instance.connection.username),
        integrated_type=IntegratedType(instance.integration),
        status=Status(status=_STATUS[State(instance.health.state)]),
        create_at=seconds(instance.created_at),
        is_exist=False,
        cluster_status=ClusterStatus.UNSPECIFIED,
    )


def known_registry_of(instance: Instance, view: View) -> KnownRegistry:
    plain = registry_of(instance, view)
    values = {name: getattr(plain, name) for name in plain.__struct_fields__}
    return KnownRegistry(**values, health=health_of(instance, view))
