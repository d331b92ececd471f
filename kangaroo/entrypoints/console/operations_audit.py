"""The audit log: who did what, where, and whether it was allowed."""

from litestar import get

from kangaroo.base.query import Exact, Term
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.texts import N_
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

_COLUMNS = {"time": "op_time", "who": "username", "what": "operation", "resource": "resource"}
_KEYS = {"who": "username", "operation": "operation", "type": "resource_type", "result": "operation_result"}
OPERATIONS = (
    ("create", N_("create")),
    ("update", N_("update")),
    ("delete", N_("delete")),
    ("pull", N_("pull")),
    ("login", N_("sign in")),
    ("logout", N_("sign out")),
)


@get("/operations/audit")
async def list_(visit: Given[Visit], listing: Given[Listing]) -> Page:
    """Administrators see everything, others what happened in the spaces whose log is theirs."""
    query = listing.query(_COLUMNS, "resource")
    for name, key in _KEYS.items():
        if value := listing.filter(name):
            query = query.where(key, Exact(Term(value)))
    page = await visit.services.audit.page(visit.actor, query)
    names = dict(OPERATIONS)
    return await visit.page(
        "operations/audit.html", listing=listing, page=page, operations=OPERATIONS, names=names
    )


HANDLERS = (list_,)
