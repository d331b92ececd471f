"""`kangaroo image copy`: within the built-in registry by the server; between registries through this machine."""

from tempfile import TemporaryFile
from typing import Annotated

import typer

from kangaroo.entrypoints.cli.image_files import fetch, send, show_sent
from kangaroo.entrypoints.cli.images_harbor import HarborShelf
from kangaroo.entrypoints.cli.images_named import ImageRef
from kangaroo.entrypoints.cli.images_where import Where
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.session import Session
from kangaroo.entrypoints.cli.spaces import BUILT_IN
from kangaroo.entrypoints.cli.texts import say


def copy(
    session: Session,
    source: Annotated[str, typer.Argument(help="SPACE/NAME:TAG or SPACE/NAME@DIGEST", show_default=False)],
    target: Annotated[str, typer.Argument(help="SPACE/NAME[:TAG]", show_default=False)],
    where: Where,
    to_registry: Annotated[str, typer.Option(help="The registry it goes to; the same otherwise.")] = "",
) -> None:
    """Copy an image.

    Within the built-in registry no content is moved, and what refers to the image goes with it, as do its tags. With
    a workspace, and to or from another registry, it goes through this machine, for which a TAG is needed: the image
    with all its platforms, without what refers to it.
    """
    here, there = ImageRef.parse(source), ImageRef.parse(target)
    if not here.reference or there.digest:
        raise Problem(Exit.USAGE, say("copy_what"), say("copy_form"))
    goal = Where(where.workspace, to_registry or where.registry)
    if not where.workspace and where.registry == goal.registry == BUILT_IN:
        HarborShelf(session.connection.harbor, "").copy(here, there)
        session.done("copied", source=here, target=there)
        return
    if not there.tag:
        raise Problem(Exit.USAGE, say("copy_what"), say("copy_tag"))
    with TemporaryFile() as file:
        fetch(session, where, here, file)
        total = file.tell()
        file.seek(0)
        show_sent(session, send(session, goal, there, (file, total)))
