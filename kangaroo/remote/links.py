"""The next page of a list, where a registry says so in its `Link` header (RFC 8288)."""

import re
from urllib.parse import urljoin

from kangaroo.remote.answers import Answer

_LINK = re.compile(r'<([^>]*)>[^<]*?rel="?next"?')


def following(answer: Answer) -> str | None:
    """A URL, or None after the last page. Registries behind a proxy may name a host nobody knows: only its path counts."""
    found = _LINK.search(answer.headers.get("Link", ""))
    if found is None:
        return None
    whole = urljoin(answer.url, found[1])
    return answer.origin + _path(whole) if whole.startswith(("http://", "https://")) else None


def _path(url: str) -> str:
    return "/" + url.split("/", 3)[3]
