"""Where a registry says to go on: the `Link` of a list (RFC 8288), the `Location` of an upload.

A registry behind a proxy may name itself with a scheme or host that nobody reaches from here: what it says of its own
pages, and of its own host, is taken as a path at the place where we found it.
"""

import re
from urllib.parse import urljoin, urlsplit

from yarl import URL

from kangaroo.remote.answers import Answer

_NEXT = re.compile(r'<([^>]*)>[^<]*?rel="?next"?')


def next_page(answer: Answer) -> str | None:
    """None after the last page."""
    found = _NEXT.search(answer.headers.get("Link", ""))
    return None if found is None else _here(answer, urljoin(answer.url, found[1]))


def location(answer: Answer) -> str:
    whole = urljoin(answer.url, answer.headers.get("Location", ""))
    return _here(answer, whole) if urlsplit(whole).hostname == URL(answer.origin).host else whole


def _here(answer: Answer, whole: str) -> str:
    there, asked = urlsplit(whole), urlsplit(answer.origin)
    return there._replace(scheme=asked.scheme, netloc=asked.netloc).geturl()
