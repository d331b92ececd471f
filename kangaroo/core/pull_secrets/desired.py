"""What is to stand in the namespaces of a workspace: worked out from its credentials, and kept encrypted until
something changes, so that whoever writes it into a namespace needs to ask nobody."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
import structlog

from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.base.texts import Language
from kangaroo.core.access.secrets import Cipher
from kangaroo.core.instances import InstanceKind
from kangaroo.core.pull_secrets.content import Entry, config_json, fingerprint, host_of
from kangaroo.core.pull_secrets.objects import Wanted
from kangaroo.core.pull_secrets.rules import Standing, State, standing_of, told
from kangaroo.core.workspaces import Lacking, PullCredential, PullCredentials
from kangaroo.store.meta import pull_secrets_contents as rows
from kangaroo.store.meta.database import Dangling, Database, Transaction
from kangaroo.store.meta.pull_secrets_contents import ContentRow

_PURPOSE = "pull secret of a workspace"
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Installation:
    """What wiring says of this installation. `name` marks what is ours in a cluster; `key` keys fingerprints;
    `external_url` is how clients reach the built-in registry, empty while nobody has said it."""

    name: str
    key: bytes = field(repr=False)
    cipher: Cipher = field(repr=False)
    external_url: str = ""


class Gap(msgspec.Struct, frozen=True):
    """An instance that is not in the content, and why."""

    instance: str
    reason: str
    facts: dict[str, Any] = {}

    def told(self, language: Language) -> str:
        return told(self.reason, self.facts, language)


@dataclass(frozen=True, slots=True)
class Desired:
    wanted: Wanted
    gaps: tuple[Gap, ...]


class Contents:
    def __init__(
        self, database: Database, pulling: PullCredentials, installation: Installation, clock: Clock
    ) -> None:
        self._database = database
        self._pulling = pulling
        self._clock = clock
        self.installation = installation

    async def get(self, workspace: int) -> Desired | None:
        """As it was worked out last; None if it never was, or with another key."""
        row = await rows.get(self._database.lookup, workspace)
        if row is None:
            return None
        try:
            content = self.installation.cipher.decrypt(row.content, _PURPOSE).encode()
        except Failure as failure:
            log.warning("pull secret unreadable", workspace=workspace, error=str(failure))
            return None
        wanted = Wanted(self.installation.name, workspace, content, row.fingerprint)
        return Desired(wanted, msgspec.json.decode(row.lacking, type=tuple[Gap, ...]))

    async def work_out(self, workspace: int, *, verify: bool) -> tuple[Desired, bool]:
        """Anew, with whatever credentials are missing made; and whether some that are lacking may come by waiting.

        Raises TOO_LARGE.
        """
        credentials, lacking = await self._pulling.ensure(workspace, verify=verify)
        gaps, entries = [_gap(one) for one in lacking], []
        for one in credentials:
            try:
                entries.append(self._entry(one))
            except Failure as failure:
                gaps.append(_gap(Lacking(one.instance, failure)))
        content = config_json(entries)
        wanted = Wanted(
            self.installation.name, workspace, content, fingerprint(self.installation.key, content)
        )
        return Desired(wanted, tuple(gaps)), any(one.failure.code.heals for one in lacking)

    async def keep(self, transaction: Transaction, desired: Desired) -> None:
        """Raises NOT_FOUND when the workspace is gone."""
        workspace = desired.wanted.workspace
        content = ContentRow(
            self.installation.cipher.encrypt(desired.wanted.content.decode(), _PURPOSE),
            desired.wanted.fingerprint,
            msgspec.json.encode(desired.gaps).decode(),
            self._clock(),
        )
        try:
            await rows.put(transaction, workspace, content)
        except Dangling as error:
            raise Failure(Code.NOT_FOUND, what=f"workspace {workspace}") from error

    def _entry(self, one: PullCredential) -> Entry:
        """Raises PRECONDITION when nobody said how clients reach the built-in registry."""
        url = one.instance.connection.url
        if one.instance.kind == InstanceKind.KANGAROO:
            url = self.installation.external_url
            if not url:
                raise Failure(Code.PRECONDITION, "pull_secret_no_external_url")
        return Entry(host_of(url), one.username, one.secret, one.spaces)


def standing_with(gaps: tuple[Gap, ...]) -> Standing | None:
    """How a namespace stands whose secret lacks these; None: it lacks nothing."""
    if not gaps:
        return None
    return Standing(State.FAILED, gaps[0].reason, gaps[0].facts)


def _gap(lacking: Lacking) -> Gap:
    standing = standing_of(lacking.failure)
    log.warning(
        "no pull credential",
        instance=lacking.instance.name,
        reason=standing.reason,
        error=str(lacking.failure),
    )
    return Gap(lacking.instance.name, standing.reason, standing.facts)
