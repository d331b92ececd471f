"""`doctor instance`: from its name to its health, and whether container clients would trust it.

One real look (as at registration) tells what is wrong; its reason says which link of the chain that breaks.
"""

import time
from dataclasses import replace

from kangaroo.base.actors import SYSTEM
from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.doctor.breaks import broken_link
from kangaroo.core.doctor.chain import Check, Skip, Warn
from kangaroo.core.doctor.links import Link
from kangaroo.core.doctor.troubles import Ailment, Trouble
from kangaroo.core.instances import Instance, InstanceKind, Instances, State, Which
from kangaroo.core.instances.checking import checked_account
from kangaroo.remote.values import Identity, Kind

_CLIENTS = {
    Reason.TLS_NAME_MISMATCH: Trouble.CLIENTS_NAME_MISMATCH,
    Reason.TLS_UNKNOWN_CA: Trouble.CLIENTS_UNKNOWN_CA,
}


class InstanceExamination:
    """`which` was decided upon: whoever looks now is the installation itself."""

    def __init__(self, instances: Instances, which: Which) -> None:
        self._instances = instances
        self._which = which
        self._instance: Instance
        self._failure: Failure | None = None
        self._identity: Identity | None = None
        self._milliseconds = 0.0

    def checks(self) -> list[Check]:
        return [
            Check(Link.REGISTERED, self._registered),
            Check(Link.DNS, self._dns),
            Check(Link.CONNECTION, self._connection),
            Check(Link.TLS, self._tls),
            Check(Link.ANSWER, self._answer),
            Check(Link.LOGIN, self._login),
            Check(Link.VERSION, self._version),
            Check(Link.RIGHTS, self._rights),
            Check(Link.PARTS, self._parts),
            Check(Link.KNOWN_HEALTH, self._known_health, self._look_again),
            Check(Link.CLIENT_TRUST, self._client_trust),
        ]

    async def _registered(self) -> str:
        try:
            self._instance = await self._instances.get(SYSTEM, self._which)
        except Failure as failure:
            if failure.code is Code.NOT_FOUND:
                raise Ailment(Trouble.INSTANCE_UNKNOWN, name=self._which.name) from failure
            raise
        await self._ask()
        return f"{self._instance.kind} {self._instance.connection.url}".strip()

    async def _ask(self) -> None:
        start = time.perf_counter()
        try:
            async with self._instances.opener.use(SYSTEM, self._instance) as client:
                self._identity = await client.identify()
                url = self._instance.connection.url
                checked_account(self._identity, url, self._instance.workspace)
        except Failure as failure:
            self._failure = failure
        self._milliseconds = (time.perf_counter() - start) * 1000

    def _broken(self, link: Link) -> None:
        """Raises what was found, if this is the link it breaks."""
        if self._failure is not None and broken_link(self._failure) is link:
            raise self._failure

    @property
    def _built_in(self) -> bool:
        return self._instance.kind == InstanceKind.KANGAROO

    async def _dns(self) -> str | Skip:
        self._broken(Link.DNS)
        return Skip() if self._built_in else ""

    async def _connection(self) -> str | Skip:
        self._broken(Link.CONNECTION)
        return Skip() if self._built_in else f"{self._milliseconds:.0f} ms"

    async def _tls(self) -> str | Skip:
        self._broken(Link.TLS)
        connection = self._instance.connection
        if not connection.url.startswith("https:"):
            return Skip(connection.url)
        return Skip("insecure") if connection.insecure else ""

    async def _answer(self) -> str:
        self._broken(Link.ANSWER)
        return str(self._instance.kind)

    async def _login(self) -> str | Skip:
        self._broken(Link.LOGIN)
        return self._instance.connection.username or Skip("anonymous")

    async def _version(self) -> str:
        self._broken(Link.VERSION)
        return "" if self._identity is None else self._identity.version

    async def _rights(self) -> str:
        self._broken(Link.RIGHTS)
        return "" if self._identity is None else str(self._identity.account)

    async def _parts(self) -> str:
        self._broken(Link.PARTS)
        return ""

    async def _known_health(self) -> str:
        """All is well by now: then it has to be shown so."""
        shown = (await self._instances.get(SYSTEM, self._which)).health.state
        if shown != State.HEALTHY:
            raise Ailment(Trouble.HEALTH_OUTDATED, state=shown)
        return shown

    async def _look_again(self) -> None:
        await self._instances.health.check(SYSTEM, self._which)

    async def _client_trust(self) -> str | Skip | Warn:
        """As a client that was told nothing sees it: what we were told to overlook, it does not."""
        connection = self._instance.connection
        if not connection.url.startswith("https:"):
            return Skip(connection.url)
        if not (connection.ca or connection.insecure):
            return ""
        stranger = replace(connection, ca="", insecure=False, username="", credential="")
        client = self._instances.opener.connect(Kind.DOCKER_REGISTRY, stranger)
        try:
            await client.probe()
        except InstanceFailure as failure:
            return _clients_view(failure)
        finally:
            await client.close()
        return ""


def _clients_view(failure: InstanceFailure) -> str | Warn:
    """Only what is wrong with the certificate counts."""
    if broken_link(failure) is not Link.TLS:
        return ""
    trouble = _CLIENTS.get(failure.reason)
    if trouble is Trouble.CLIENTS_UNKNOWN_CA and not _has_name(failure.facts["names"], failure.facts["host"]):
        trouble = Trouble.CLIENTS_NAME_MISMATCH
    return Warn(failure if trouble is None else Ailment(trouble, **failure.facts))


def _has_name(names: str, host: str) -> bool:
    return any(one in (host, f"*.{host.partition('.')[2]}") for one in names.split(", "))
