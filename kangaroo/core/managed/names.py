"""Where a managed Harbor is, and what the objects that make it up are called."""

import re
from dataclasses import dataclass

from kangaroo.base.errors import Code, Failure
from kangaroo.core.instances import InstanceName

LONGEST = 35  # cert-manager's common name `<name>-harbor-harbor-core-tokencert` must not exceed 64
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1123


@dataclass(frozen=True, slots=True)
class Place:
    """A namespace of a registered cluster."""

    cluster: str
    namespace: str

    @classmethod
    def parse(cls, cluster: str, namespace: str) -> "Place":
        """Raises NOT_FOUND for what neither can be called."""
        for what, text in (("cluster", cluster), ("namespace", namespace)):
            if not _LABEL.fullmatch(text):
                raise Failure(Code.NOT_FOUND, what=f"{what} {text[:253]}")
        return cls(cluster, namespace)


@dataclass(frozen=True, slots=True)
class HarborName:
    """One managed Harbor. Its name is that of the instance it becomes, and of its HarborCluster."""

    place: Place
    name: str

    @classmethod
    def parse(cls, place: Place, text: str) -> "HarborName":
        """Raises NAME_INVALID."""
        if len(text) > LONGEST:
            raise Failure(Code.NAME_INVALID, "managed_name_long", name=text[:80], longest=LONGEST)
        if not text[:1].isalpha():  # names of Services begin with a letter (RFC 1035)
            raise Failure(Code.NAME_INVALID, "instance_name_invalid", name=text[:80])
        return cls(place, str(InstanceName.parse(text)))

    def __str__(self) -> str:
        """As `useBy` has it."""
        return f"{self.place.cluster}.{self.place.namespace}.{self.name}"

    @property
    def admin_secret(self) -> str:
        return f"{self.name}-admin"

    @property
    def database_secret(self) -> str:
        return f"{self.name}-database"

    @property
    def cache_secret(self) -> str:
        return f"{self.name}-cache"

    @property
    def storage_secret(self) -> str:
        return f"{self.name}-storage"

    @property
    def issuer(self) -> str:
        return f"{self.name}-issuer"

    @property
    def certificate(self) -> str:
        return f"{self.name}-certificate"

    @property
    def own_tls_secret(self) -> str:
        """What cert-manager puts the certificate into that nobody else brought."""
        return f"{self.name}-tls"

    @property
    def volume(self) -> str:
        return f"{self.name}-registry"

    @property
    def front(self) -> str:
        """Deployment, ConfigMap and Service of the nginx before it."""
        return f"{self.name}-front"

    @property
    def parts(self) -> str:
        """What the names of everything begin with that the operator makes."""
        return f"{self.name}-harbor-harbor-"

    def service(self, component: str) -> str:
        return self.parts + component
