"""`kangaroo image`: what is in the spaces of a registry."""

from typing import Annotated, Any

import typer
from rich.text import Text
from rich.tree import Tree

from kangaroo.entrypoints.cli import output
from kangaroo.entrypoints.cli.image_copy import copy
from kangaroo.entrypoints.cli.image_files import download, upload
from kangaroo.entrypoints.cli.images_harbor import HarborShelf
from kangaroo.entrypoints.cli.images_named import ImageRef
from kangaroo.entrypoints.cli.images_platform import PlatformShelf
from kangaroo.entrypoints.cli.nouns import noun, register
from kangaroo.entrypoints.cli.output import Form
from kangaroo.entrypoints.cli.session import Session, Yes
from kangaroo.entrypoints.cli.spaces import BUILT_IN, Registry
from kangaroo.entrypoints.cli.workspace_named import workspace_id

app = noun("Images of a registry.")
Shelf = HarborShelf | PlatformShelf
Workspace = Annotated[
    str, typer.Option("--workspace", "-w", help="As a member of this workspace: its id or name.")
]
Image = Annotated[str, typer.Argument(help="SPACE/NAME[:TAG|@DIGEST]", show_default=False)]
Name = Annotated[str, typer.Argument(help="SPACE/NAME", show_default=False)]


def shelf(session: Session, registry: str, workspace: str) -> Shelf:
    """The built-in registry says most by Harbor's API; what a workspace sees, and other registries, the platform's."""
    connection = session.connection
    if registry == BUILT_IN and not workspace:
        return HarborShelf(connection.harbor, connection.url.partition("://")[2])
    number = workspace_id(connection, workspace) if workspace else 0
    return PlatformShelf(connection.platform, registry, number)


def list_(
    session: Session,
    space: Annotated[str, typer.Argument(help="Of this space; of all otherwise.", show_default=False)] = "",
    registry: Registry = BUILT_IN,
    workspace: Workspace = "",
    name: Annotated[str, typer.Option(help="A part of the name.")] = "",
) -> None:
    """List images."""
    found = shelf(session, registry, workspace)
    session.many(lambda limit: found.images(space, name, limit), found.rows)


def show(session: Session, image: Image, registry: Registry = BUILT_IN, workspace: Workspace = "") -> None:
    """Show an image, or one artifact of it when a tag or digest is said."""
    ref, found = ImageRef.parse(image), shelf(session, registry, workspace)
    if ref.reference:
        session.one(found.one(ref), found.artifact)
    else:
        session.one(found.image(ref), found.rows)


def tags(session: Session, image: Name, registry: Registry = BUILT_IN, workspace: Workspace = "") -> None:
    """List tags of an image, the last pushed artifact first."""
    ref, found = ImageRef.parse(image), shelf(session, registry, workspace)

    def fetch(limit: int) -> list[Any]:
        all_tags = [
            {**tag, "artifact": artifact}
            for artifact in found.artifacts(ref)
            for tag in artifact["tags"] or []
        ]
        return all_tags[: limit or None]

    session.many(fetch, found.tags)


def tree(session: Session, image: Image, registry: Registry = BUILT_IN, workspace: Workspace = "") -> None:
    """Show what an index names, and what refers to it and to them: signatures, SBOMs, attestations."""
    ref, found = ImageRef.parse(image), shelf(session, registry, workspace)
    if not ref.reference:
        ref = ImageRef(ref.space, ref.name, "latest")
    grown = _grown(found, ref, found.one(ref), "", set())
    if session.form is Form.TABLE:
        output.show_tree(_drawn(grown, Tree(Text(f"{ref}  {_line(grown)}"))))
    else:
        output.show_data(session.form, grown)


def delete(
    session: Session,
    image: Image,
    registry: Registry = BUILT_IN,
    workspace: Workspace = "",
    yes: Yes = False,
) -> None:
    """Delete an image, one artifact of it (@DIGEST), or only a tag (:TAG)."""
    ref, found = ImageRef.parse(image), shelf(session, registry, workspace)
    session.confirm(str(ref), yes=yes)
    found.delete(ref)
    session.done("deleted", what=ref)


def _grown(found: Shelf, ref: ImageRef, artifact: Any, platform: str, seen: set[str]) -> dict[str, Any]:
    """An artifact and all that hangs on it; `seen` keeps a circle from being walked for ever."""
    digest = artifact["digest"]
    node: dict[str, Any] = {
        "digest": digest,
        "type": artifact.get("type", ""),
        "platform": platform,
        "size": int(artifact.get("size", artifact.get("imageSize", 0))),
    }
    if digest in seen:
        return node
    seen.add(digest)
    node["children"] = [
        _grown(found, ref, child, where, seen) for where, child in found.children(ref, artifact)
    ]
    node["referrers"] = [
        _grown(found, ref, {**one, "references": []}, "", seen) for one in found.referrers(ref, artifact)
    ]
    return node


def _drawn(node: dict[str, Any], tree: Tree) -> Tree:
    for child in node.get("children", ()):
        _drawn(child, tree.add(Text(_line(child))))
    for one in node.get("referrers", ()):
        _drawn(one, tree.add(Text(f"⤷ {_line(one)}")))
    return tree


def _line(node: dict[str, Any]) -> str:
    parts = (
        node["platform"],
        node["type"],
        node["digest"],
        output.size(node["size"]) if node["size"] else "",
    )
    return "  ".join(output.plain(part) for part in parts if part)


register(app, list=list_, show=show, tags=tags, tree=tree, delete=delete)
register(app, copy=copy, upload=upload, download=download)
