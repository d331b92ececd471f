"""What a handler is given, by the names of its parameters:

visit: Given[Visit]        who asks, what it works with, and how it answers
listing: Given[Listing]    what the URL asks of a list
"""

from urllib.parse import parse_qsl

from litestar.di import Provide

from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.visit import Visit
from kangaroo.entrypoints.http.framework import VISITOR, AnyRequest, Given


def visit_of(request: AnyRequest) -> Visit:
    found: Visit = request.scope[VISITOR]  # type: ignore[literal-required]
    return found


async def _visit(request: AnyRequest) -> Visit:
    return visit_of(request)


async def _listing(visit: Given[Visit]) -> Listing:
    query = visit.request.scope["query_string"].decode("latin-1")
    return Listing.of(visit.path, dict(parse_qsl(query, max_num_fields=100)))


DEPENDENCIES = {"visit": Provide(_visit), "listing": Provide(_listing)}
