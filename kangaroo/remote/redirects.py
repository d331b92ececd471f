"""Where a redirect leads, and which ones are not followed."""

from yarl import URL

from kangaroo.base.reasons import InstanceFailure, Reason

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_READING = frozenset({"GET", "HEAD"})


def next_hop(method: str, status: int, url: URL, location: str | None) -> URL | None:
    """None: this is the answer. Raises PROTOCOL where http was asked of a server that wants https.

    Following that would work, but each credential would first travel in clear.
    """
    if status not in _REDIRECTS or not location:
        return None
    try:
        hop = url.join(URL(location, encoded=True))
        port = hop.port
    except ValueError as error:
        raise _bad(url, location) from error
    if hop.scheme not in ("http", "https") or not hop.host or not port:
        raise _bad(url, location)
    if (url.scheme, hop.scheme) == ("http", "https") and (url.host, url.raw_path) == (hop.host, hop.raw_path):
        origin = str(url.origin())
        raise InstanceFailure(
            Reason.PROTOCOL, url=origin, host=url.host, port=url.port, asked=url.scheme, spoken=hop.scheme
        )
    return hop if method in _READING else None


def _bad(url: URL, location: str) -> InstanceFailure:
    detail = f"a redirect to {location[:200]!r}"
    return InstanceFailure(Reason.BAD_ANSWER, url=str(url.origin()), detail=detail)
