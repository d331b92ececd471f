"""The part of `doctor pull` that lies in a cluster: whose the namespace is, and what its pull secret says."""

import base64
import binascii
from collections.abc import Callable
from typing import Any

import msgspec

from kangaroo.base.actors import SYSTEM
from kangaroo.base.errors import Code, Failure
from kangaroo.core.clusters import Cluster, ClusterName, Clusters, NamespaceName
from kangaroo.core.doctor.chain import Check, Skip, Warn
from kangaroo.core.doctor.links import Link
from kangaroo.core.doctor.troubles import Ailment, Trouble
from kangaroo.core.instances import Credential
from kangaroo.core.pull_secrets import PullSecrets
from kangaroo.core.pull_secrets.accounts import attached
from kangaroo.core.pull_secrets.content import DOCKER_HUB
from kangaroo.core.pull_secrets.objects import NAME, Wanted, content_of, ours
from kangaroo.core.pull_secrets.reaching import found
from kangaroo.kube.contract import NODE, SECRET, SERVICE_ACCOUNT, Object, Refused

_HUB = "docker.io"
_ACCOUNT = "default"
Needed = Callable[[], tuple[str, bool]]


class NamespaceExamination:
    """`place` was decided upon."""

    def __init__(
        self, clusters: Clusters, pull_secrets: PullSecrets, place: tuple[ClusterName, NamespaceName]
    ) -> None:
        self._clusters = clusters
        self._pull_secrets = pull_secrets
        self._name, self._namespace = place
        self._cluster: Cluster
        self._secret: Object | None = None
        self._needed: Needed = lambda: ("", False)
        self.workspace = 0
        self.credential: Credential | None = None

    def first_checks(self) -> list[Check]:
        return [Check(Link.CLUSTER, self._answers), Check(Link.NAMESPACE, self._belongs)]

    def secret_checks(self, needed: Needed) -> list[Check]:
        """`needed` gives the host whose credential is wanted, and whether it works without one."""
        self._needed = needed
        return [
            Check(Link.SECRET, self._present, self._made_again),
            Check(Link.SECRET_HOST, self._has_host, self._made_again),
            Check(Link.SECRET_CONTENT, self._right, self._made_again),
            Check(Link.ATTACHED, self._used),
        ]

    async def node_platforms(self) -> set[str]:
        """As in `linux/amd64`; empty when they may not be seen."""
        try:
            async with self._clusters.opener.use(self._cluster) as client:
                nodes = (await client.list(NODE)).items
        except Refused:
            return set()
        infos = [(one.get("status") or {}).get("nodeInfo") or {} for one in nodes]
        return {f"{one['operatingSystem']}/{one['architecture']}" for one in infos if one.get("architecture")}

    async def _answers(self) -> str:
        try:
            self._cluster = await self._clusters.get(SYSTEM, self._name)
        except Failure as failure:
            if failure.code is Code.NOT_FOUND:
                raise Ailment(Trouble.CLUSTER_UNKNOWN, name=self._name) from failure
            raise
        async with self._clusters.opener.use(self._cluster) as client:
            return await client.version()

    async def _belongs(self) -> str:
        found_ = await self._clusters.namespaces.workspace_of(SYSTEM, self._name, self._namespace)
        if found_ is None:
            raise Ailment(Trouble.NAMESPACE_UNBOUND, namespace=self._namespace, cluster=self._name)
        self.workspace = found_
        return f"workspace {found_}"

    async def _read(self) -> Object | None:
        async with self._clusters.opener.use(self._cluster) as client:
            self._secret = await found(client, SECRET, NAME, self._namespace)
        return self._secret

    async def _present(self) -> str | Skip:
        secret = await self._read()
        if secret is None:
            if self._needed()[1]:
                return Skip("public")
            raise self._ailment(Trouble.SECRET_MISSING)
        return str(secret.get("type", ""))

    async def _has_host(self) -> str | Skip:
        host, public = self._needed()
        if self._secret is None or await self._read() is None:
            return Skip()
        auths = _auths(self._secret)
        entry = _entry_for(auths, host)
        if entry is None:
            if public:
                return Skip("public")
            raise self._ailment(Trouble.SECRET_HOST_MISSING, host=host, known=", ".join(sorted(auths)) or "-")
        self.credential = entry
        return host

    async def _right(self) -> str | Skip:
        """Exactly what we would put there; what others wrote is named as theirs."""
        if self._secret is None or (secret := await self._read()) is None:
            return Skip()
        wanted = await self._pull_secrets.wanted(SYSTEM, self.workspace)
        if wanted is None:
            raise self._ailment(Trouble.SECRET_WRONG, detail="not worked out yet")
        if not ours(secret, wanted.installation):
            raise self._ailment(Trouble.SECRET_FOREIGN, detail=_managers(secret))
        if not wanted.stands_in(secret):
            raise self._ailment(Trouble.SECRET_WRONG, detail=_difference(secret, wanted))
        self.credential = _entry_for(_auths(secret), self._needed()[0]) or self.credential
        return ", ".join(sorted(_auths(secret)))

    async def _used(self) -> str | Skip | Warn:
        """Only a warning: a Pod may name the secret itself."""
        if self._secret is None:
            return Skip()
        async with self._clusters.opener.use(self._cluster) as client:
            account = await found(client, SERVICE_ACCOUNT, _ACCOUNT, self._namespace)
        if account is None or not attached(account):
            return Warn(self._ailment(Trouble.SECRET_NOT_ATTACHED, account=_ACCOUNT))
        return _ACCOUNT

    async def _made_again(self) -> None:
        await self._pull_secrets.mend(SYSTEM, self._name, self._namespace)

    def _ailment(self, trouble: Trouble, **facts: str) -> Ailment:
        return Ailment(trouble, namespace=self._namespace, secret=NAME, **facts)


def _auths(secret: Object) -> dict[str, Any]:
    """Its entries by key; none for what no client could read either."""
    try:
        auths = msgspec.json.decode(content_of(secret)).get("auths")
    except (msgspec.DecodeError, UnicodeDecodeError, AttributeError):
        return {}
    return auths if isinstance(auths, dict) else {}


def _entry_for(auths: dict[str, Any], host: str) -> Credential | None:
    """As the kubelet matches it, but for patterns: the host itself, or the host and a path."""
    keys = {DOCKER_HUB, _HUB} if host == _HUB else {host}
    for key, value in sorted(auths.items()):
        place = key.removeprefix("https://").removeprefix("http://")
        if (key in keys or place.partition("/")[0] in keys) and isinstance(value, dict):
            return _credential(value)
    return None


def _credential(value: dict[str, Any]) -> Credential | None:
    if value.get("username") and value.get("password"):
        return Credential(str(value["username"]), str(value["password"]))
    try:
        user, colon, password = base64.b64decode(str(value.get("auth", ""))).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return Credential(user, password) if colon else None


def _managers(secret: Object) -> str:
    fields = secret["metadata"].get("managedFields") or []
    return ", ".join(sorted({one.get("manager", "") for one in fields} - {""})) or "?"


def _difference(secret: Object, wanted: Wanted) -> str:
    """Which part of it, without what stands in it."""
    if content_of(secret) != wanted.content:
        return "auths"
    if secret.get("type") != "kubernetes.io/dockerconfigjson":
        return "type"
    return "labels"
