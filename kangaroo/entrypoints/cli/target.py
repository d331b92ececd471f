"""Where a command goes: the first place said by flag, by environment, or by the file of contexts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from kangaroo.entrypoints.cli import contexts
from kangaroo.entrypoints.cli.contexts import Context
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.texts import say


@dataclass(frozen=True, slots=True)
class Given:
    """Flags; empty when not given."""

    context: str = ""
    url: str = ""
    token: str = field(default="", repr=False)
    ca: str = ""
    insecure: bool = False
    data: str = ""


@dataclass(frozen=True, slots=True)
class Remote:
    """`name` is the context's, if one was taken."""

    context: Context
    name: str = ""


@dataclass(frozen=True, slots=True)
class Local:
    data: Path


def target(given: Given, environ: Mapping[str, str]) -> Remote | Local:
    """Flags, then KANGAROO_URL, KANGAROO_CONTEXT and KANGAROO_DATA, then the current context.

    Raises Problem: USAGE for several places or a URL that is none, NOT_FOUND for a context nobody knows, FORBIDDEN
    without any place.
    """
    if sum(map(bool, (given.context, given.url, given.data))) > 1:
        raise Problem(Exit.USAGE, say("one_place"))
    if given.url or given.context or given.data:
        return _said(given, given.url, given.context, given.data, environ)
    url, name, data = (environ.get(f"KANGAROO_{word}", "") for word in ("URL", "CONTEXT", "DATA"))
    if not (url or name or data):
        name = contexts.read().current
    if not (url or name or data):
        raise Problem(Exit.FORBIDDEN, say("nowhere"), say("say_where"))
    return _said(given, url, name, data, environ)


def _said(given: Given, url: str, name: str, data: str, environ: Mapping[str, str]) -> Remote | Local:
    token = given.token or environ.get("KANGAROO_TOKEN", "")
    ca = given.ca or environ.get("KANGAROO_CA_FILE", "")
    if url:
        return Remote(Context(checked_url(url), token, ca=ca, insecure=given.insecure))
    if name:
        kept = contexts.read().named(name)
        changed = Context(
            kept.url,
            given.token or kept.token,
            kept.user,
            kept.token_id,
            ca or kept.ca,
            given.insecure or kept.insecure,
        )
        return Remote(changed, name)
    return Local(Path(data).expanduser())


def checked_url(text: str) -> str:
    """Without a slash at its end. Raises Problem USAGE."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or parts.username is not None or parts.path not in ("", "/") or parts.query or parts.fragment:
        raise Problem(Exit.USAGE, say("bad_url", url=text), say("check_url"))
    return f"{parts.scheme}://{parts.netloc}"
