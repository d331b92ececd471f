"""`kangaroo whoami`: as whom commands act, and where."""

from kangaroo.entrypoints.cli.nouns import verb
from kangaroo.entrypoints.cli.output import Column, joined, yes_no
from kangaroo.entrypoints.cli.session import Session, connected
from kangaroo.entrypoints.cli.target import Remote

_ROW = (
    Column("user", "user"),
    Column("url", "url"),
    Column("context", "context"),
    Column("administrator", "administrator", yes_no),
    Column("permissions", "permissions", joined),
)


def whoami(session: Session) -> None:
    """Show as whom commands act, and where."""
    connection = session.connection
    user = connection.harbor.get("/users/current")
    held = connection.platform.get("/current-user/global-permissions")
    told = {
        "user": user["username"],
        "url": connection.url,
        "context": session.goal.name if isinstance(session.goal, Remote) else "",
        "administrator": user["sysadmin_flag"] or user["admin_role_in_auth"],
        "permissions": held["permissions"],
    }
    session.one(told, _ROW)


app = verb(connected(whoami))
