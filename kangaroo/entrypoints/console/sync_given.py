"""What the pages of image sync have in common: which Harbor, ids in paths, and what was typed of policies."""

from collections.abc import Awaitable
from typing import TypeVar

from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import Explained
from kangaroo.core.instances import InstanceName
from kangaroo.core.sync import (
    Endpoint,
    PolicyChange,
    ReplicationFilter,
    ReplicationPolicy,
    TargetChange,
    Trigger,
)
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.texts import N_, _
from kangaroo.entrypoints.console.visit import Page, Visit, path_of

T = TypeVar("T")
SYNC = "/sync"
ONE = f"{SYNC}/{{registry:str}}"
PUSH, PULL = "push", "pull"
TRIGGERS = {
    Trigger.MANUAL: N_("By hand"),
    Trigger.SCHEDULED: N_("By schedule"),
    Trigger.EVENT: N_("At every push"),
}
TYPES = {
    "harbor": "Harbor",
    "docker-registry": "Docker Registry",
    "jfrog-artifactory": "JFrog Artifactory",
}
TARGET_FIELDS = {
    "CONFLICT": "name",
    "accessKey": "access_key",
    "accessSecret": "access_secret",
}
POLICY_FIELDS = {
    "CONFLICT": "name",
    "trigger.cron": "cron",
    "destNamespace": "space",
    "srcRegistry, destRegistry": "target",
}


def registry_in(visit: Visit) -> InstanceName:
    """Of the path. Raises NOT_FOUND."""
    text = visit.segment("registry")
    try:
        return InstanceName.parse(text)
    except Failure as failure:
        raise Failure(Code.NOT_FOUND, what=f"registry {text[:80]}") from failure


def number_in(visit: Visit, name: str) -> int:
    text = visit.segment(name)
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise Failure(Code.NOT_FOUND, what=f"{name} {text[:20]}")
    return int(text)


def path_in(registry: str, *parts: object) -> str:
    return path_of("sync", registry, *parts)


async def answered(asked: Awaitable[T], otherwise: T) -> tuple[T, Explained | None]:
    """What the registry said; or what keeps it from answering, which its page tells."""
    try:
        return await asked, None
    except Explained as failure:
        return otherwise, failure


def refused(visit: Visit, url: str, failure: Failure) -> Page:
    """Back to the page, which tells why; what is not his to do is a page of its own."""
    if failure.code in (Code.FORBIDDEN, Code.UNAUTHORIZED, Code.NOT_FOUND):
        raise failure
    return visit.go(url, failure.message(visit.language), tone="danger")


def target_change(form: Form) -> TargetChange:
    """An empty secret leaves the one there is."""
    return TargetChange(
        name=form.required("name"),
        type=form.text("type") or None,
        url=form.required("url"),
        access_key=form.text("access_key"),
        access_secret=form.raw("access_secret") or None,
        insecure=form.flag("insecure"),
        description=form.text("description"),
    )


def target_form(target: Endpoint) -> Form:
    return Form.filled(
        name=target.name,
        type=target.type,
        url=target.url,
        access_key=target.access_key,
        insecure=target.insecure,
        description=target.description,
    )


def policy_change(form: Form) -> PolicyChange:
    """Exactly one end is a target, the other the Harbor itself."""
    target = form.number("target")
    if not target:
        form.refuse("target", _("Choose one."))
    trigger = next((one for one in Trigger if one == form.text("trigger")), Trigger.MANUAL)
    pushes = form.text("direction") != PULL
    filters = [
        ReplicationFilter(kind, (pattern,)) for kind in ("name", "tag") if (pattern := form.text(f"{kind}s"))
    ]
    return PolicyChange(
        name=form.required("name"),
        description=form.text("description"),
        trigger=trigger,
        cron=form.text("cron"),
        filters=tuple(filters),
        source=0 if pushes else target,
        target=target if pushes else 0,
        target_space=form.text("space"),
        enabled=form.flag("enabled"),
        override=form.flag("override"),
        speed=form.number("speed") or 0,
    )


def policy_form(policy: ReplicationPolicy) -> Form:
    patterns = {one.type: one.values[0] for one in policy.filters if one.values}
    other = policy.target or policy.source
    return Form.filled(
        name=policy.name,
        description=policy.description,
        direction=PUSH if policy.source is None else PULL,
        target=other.id if other else "",
        space=policy.target_space,
        names=patterns.get("name", ""),
        tags=patterns.get("tag", ""),
        trigger=policy.trigger,
        cron=policy.cron,
        enabled=policy.enabled,
        override=policy.override,
        speed=policy.speed or "",
    )
