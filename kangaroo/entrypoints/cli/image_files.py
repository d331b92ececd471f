"""`kangaroo image upload` and `download`: images as files, from and to any registry."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from kangaroo.entrypoints.cli import output
from kangaroo.entrypoints.cli.answers import of_reason
from kangaroo.entrypoints.cli.connection import place
from kangaroo.entrypoints.cli.files import STANDARD, reading, writing
from kangaroo.entrypoints.cli.images_named import ImageRef
from kangaroo.entrypoints.cli.images_where import Need, Where
from kangaroo.entrypoints.cli.output import Column, size
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.progress import Transfer
from kangaroo.entrypoints.cli.session import Session
from kangaroo.entrypoints.cli.texts import say

_ROWS = (
    Column("pull", "imagePullUrl"),
    Column("digest", "digest"),
    Column("size", "size", size, right=True),
    Column("problem", "error.message"),
)


class Format(StrEnum):
    OCI = "oci"
    DOCKER = "docker"


def upload(
    session: Session,
    file: Annotated[
        Path, typer.Argument(help="docker save or OCI layout; .tar, .gz, .zst; - is standard input.")
    ],
    space: Annotated[
        str, typer.Argument(help="SPACE, or SPACE/NAME[:TAG] to name it anew.", show_default=False)
    ],
    where: Where,
) -> None:
    """Push the images of an archive into a space."""
    ref = ImageRef.parse(space) if "/" in space else ImageRef(space, "")
    with reading(file) as source:
        show_sent(session, send(session, where, ref, source))


def download(
    session: Session,
    image: Annotated[str, typer.Argument(help="SPACE/NAME:TAG or SPACE/NAME@DIGEST", show_default=False)],
    where: Where,
    file: Annotated[
        Path | None, typer.Argument(help="NAME-TAG.tar otherwise; - is standard output.", show_default=False)
    ] = None,
    kind: Annotated[
        Format, typer.Option("--format", help="oci, or docker: the older, of one platform.")
    ] = Format.OCI,
    platform: Annotated[str, typer.Option(help="Of an index only this, as linux/arm64.")] = "",
) -> None:
    """Write an image to a file that docker load, podman load and skopeo read."""
    ref = ImageRef.parse(image)
    if not ref.reference:
        raise Problem(Exit.USAGE, say("bad_image", image=image), say("image_form"))
    goal = file or Path(f"{ref.name}-{ref.reference}.tar".replace("/", "-").replace(":", "-"))
    with writing(goal) as sink:
        fetch(session, where, ref, sink, format=kind, platform=platform)
    if str(goal) != STANDARD:
        session.done("downloaded", what=ref, file=goal)


def send(session: Session, where: Where, ref: ImageRef, source: tuple[BinaryIO, int]) -> list[Any]:
    """What came of the images of an archive, which is of so many bytes, 0 when nobody knows. Raises Problem."""
    file, total = source
    with where.path(session, ref.space, Need.UPLOAD) as path, Transfer() as bar:
        asked = session.connection.platform.path(f"{path}/archives", repository=ref.name, tag=ref.tag)
        bar.begin(say("uploading"), total)
        listener = _Listener(bar)
        session.connection.upload(asked, file, total, (bar.more, listener.hear))
    return listener.result()


def show_sent(session: Session, items: list[Any]) -> None:
    """Exit code 1 when one of them was not pushed."""
    output.show_list(session.form, items, _ROWS)
    if any(one["error"] for one in items):
        raise typer.Exit(Exit.FAILURE)


def fetch(session: Session, where: Where, ref: ImageRef, sink: BinaryIO, **how: str) -> None:
    """An artifact as an archive. Raises Problem."""
    artifact = place("repositories", ref.name, "artifacts", ref.reference)
    with where.path(session, ref.space, Need.DOWNLOAD) as path, Transfer() as bar:
        asked = session.connection.platform.path(f"{path}{artifact}/archive", **how)
        session.connection.download(
            asked, sink, begin=lambda total: bar.begin(str(ref), total), told=bar.more
        )


class _Listener:
    """What the server tells while it pushes what it has received."""

    def __init__(self, bar: Transfer) -> None:
        self._bar = bar
        self._what: str | None = None
        self._items: list[Any] | None = None

    def hear(self, line: dict[str, Any]) -> None:
        """Raises Problem when nothing could be pushed."""
        match line["step"]:
            case "image":
                self._what = f"{line['repository']}:{line['tag']} ({line['number']}/{line['of']})"
            case "layer" | "blob":
                name = f"{self._what} {line.get('digest', '')[:19]}".strip()
                self._bar.begin(name, int(line["total"]))
                self._bar.more(int(line["done"]))
            case "result":
                self._items = line["items"]
            case "failed":
                raise of_reason(line["error"]["reason"], line["error"]["message"])

    def result(self) -> list[Any]:
        """Raises Problem when the connection ended before it came."""
        if self._items is None:
            raise Problem(Exit.UNREACHABLE, say("upload_unknown"), say("upload_again"))
        return self._items
