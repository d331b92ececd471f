"""The steps to a registry, looked at one by one while somebody fills in the form: does the name lead anywhere, does
something listen, is its certificate accepted, is it what it is said to be, and so on. The first broken one says why and
what to do; nothing is kept."""

from dataclasses import dataclass, replace
from typing import Literal

from kangaroo.base.errors import Failure
from kangaroo.base.reasons import Explained
from kangaroo.core.doctor import Link
from kangaroo.core.doctor.breaks import broken_link
from kangaroo.core.instances import BUILT_IN, Credential, Instance, InstanceName, Kind, Point, Which
from kangaroo.core.instances.checking import checked_credential, checked_text, checked_url, identified
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.registries_given import Ground
from kangaroo.entrypoints.console.texts import LANGUAGE, N_, _
from kangaroo.entrypoints.console.visit import Visit

LINKS = (Link.DNS, Link.CONNECTION, Link.TLS, Link.ANSWER, Link.LOGIN, Link.RIGHTS, Link.VERSION, Link.PARTS)
_ABOUT_CREDENTIAL = (Link.LOGIN, Link.RIGHTS)
State = Literal["ok", "broken", "warning", "waiting", "skipped"]
_FIELDS = {Link.TLS: "ca", Link.LOGIN: "username", Link.RIGHTS: "username"}
_LONGEST_CA = 256 << 10
# How core names the fields of a registration, and this form.
BLAME = {
    "CONFLICT": "name",
    "NAME_INVALID": "name",
    "credential": "username",
    "credential.username": "username",
    "credential.password": "password",
}
KINDS = (
    (
        Kind.HARBOR,
        "Harbor",
        N_("Version 2.4 or newer. The account must be an administrator or a system robot."),
    ),
    (Kind.DOCKER_REGISTRY, "Docker Registry", N_("Distribution 2.x or 3.x, with or without an account.")),
    (Kind.JFROG, "JFrog Artifactory", N_("Its Docker repositories are the image spaces.")),
)


@dataclass(frozen=True, slots=True)
class Step:
    """`seen` is evidence, in no language; `told` and `remedy` are there for what is broken."""

    title: str
    state: State
    seen: str = ""
    told: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Checks:
    """`problem`: why nothing could be looked at."""

    steps: list[Step]
    problem: str = ""

    @property
    def good(self) -> bool:
        return all(step.state in ("ok", "skipped", "warning") for step in self.steps)


@dataclass(frozen=True, slots=True)
class Typed:
    """The connection as the form has it now."""

    kind: Kind
    url: str
    username: str
    password: str
    ca: str
    insecure: bool

    @classmethod
    def of(cls, form: Form, kind: str = "") -> "Typed":
        word = kind or form.text("kind")
        return cls(
            Kind(word) if word in Kind.__members__ else Kind.HARBOR,
            form.text("url"),
            form.text("username"),
            form.raw("password"),
            form.raw("ca"),
            form.flag("insecure"),
        )

    @property
    def credential(self) -> Credential | None:
        return Credential(self.username, self.password) if self.username or self.password else None

    @property
    def complete(self) -> bool:
        """Whether what is known of the credential says anything yet: a Harbor is not used without one."""
        return bool(self.username) == bool(self.password) and (
            bool(self.username) or self.kind is not Kind.HARBOR
        )


def untouched() -> Checks:
    """As long as there is no URL."""
    return Checks([_step(link, "waiting") for link in LINKS])


async def look(visit: Visit, ground: Ground, typed: Typed, known: Instance | None = None) -> Checks:
    """Ask the registry now. `known`: the one that is changed; a password left empty is then the one it has.

    Raises UNAUTHORIZED and FORBIDDEN as registering does.
    """
    base = await permitted(visit, ground, known)
    if not typed.url:
        return untouched()
    opener = visit.services.instances.opener
    try:
        url = checked_url(typed.url)
        complete = typed.complete
        connection = replace(
            base.connection, url=url, ca=checked_text("ca", typed.ca, _LONGEST_CA), insecure=typed.insecure
        )
        if (
            known is None
            or typed.password
            or typed.username != known.connection.username
            or url != known.connection.url
        ):
            credential = checked_credential(typed.kind, typed.credential) if complete else None
            username = "" if credential is None else credential.username
            connection = replace(connection, username=username, credential=opener.sealed(credential))
        else:
            complete = True
        client = opener.connect(typed.kind, connection)
    except Failure as failure:
        return replace(untouched(), problem=failure.message(LANGUAGE.get()))
    try:
        finding = await identified(client, url, ground.workspace)
    finally:
        await client.close()
    evidence = {
        Link.CONNECTION: f"{finding.duration / 1000:.0f} ms",
        Link.LOGIN: connection.username,
        Link.VERSION: finding.version or "",
    }
    return steps_of(finding.failure, replace(typed, url=url), evidence, complete=complete)


def steps_of(
    failure: Failure | None, typed: Typed, evidence: dict[Link, str], *, complete: bool = True
) -> Checks:
    """What one look tells of each step: those before the broken one hold, those behind it were not reached."""
    broken = None if failure is None else broken_link(failure)
    steps: list[Step] = []
    reached = True
    for link in LINKS:
        if link is broken and failure is not None and (complete or link not in _ABOUT_CREDENTIAL):
            partly = link is Link.PARTS
            remedy = failure.remedy(LANGUAGE.get()) if isinstance(failure, Explained) else ""
            told = failure.message(LANGUAGE.get())
            steps.append(replace(_step(link, "warning" if partly else "broken"), told=told, remedy=remedy))
            reached = False
        elif link is broken or not reached or (link in _ABOUT_CREDENTIAL and not complete):
            steps.append(_step(link, "waiting"))
            reached = False
        elif link is Link.TLS and (typed.insecure or typed.url.startswith("http:")):
            told = _("not encrypted") if typed.url.startswith("http:") else _("not verified")
            steps.append(_step(link, "skipped", told))
        else:
            steps.append(_step(link, "ok", evidence.get(link, "")))
    return Checks(steps)


def blame(form: Form, failure: Failure) -> None:
    """The sentence and the remedy at the field the broken step is about."""
    language = LANGUAGE.get()
    remedy = failure.remedy(language) if isinstance(failure, Explained) else ""
    form.refuse(_FIELDS.get(broken_link(failure), "url"), f"{failure.message(language)} {remedy}".strip())


async def permitted(visit: Visit, ground: Ground, known: Instance | None = None) -> Instance:
    """An instance that he may register others beside, or the one that he may change. Raises UNAUTHORIZED and
    FORBIDDEN."""
    instances, actor = visit.services.instances, visit.actor
    which = Which(BUILT_IN if known is None else InstanceName(known.name), ground.workspace)
    if ground.workspace:
        point = Point.CREATE_CONNECTED_REGISTRY if known is None else Point.UPDATE_CONNECTED_REGISTRY
        return await instances.seen_from(actor, which, point)
    point = Point.CREATE_REGISTRY_INTEGRATION if known is None else Point.UPDATE_REGISTRY_INTEGRATION
    return await instances.require(actor, which, point)


def _step(link: Link, state: State, seen: str = "") -> Step:
    return Step(link.title.zh if LANGUAGE.get() == "zh" else link.title.en, state, seen)
