"""`kangaroo doctor`: what is wrong, and what to do about it. The first broken link of a chain is named; exit code 1."""

import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import typer

from kangaroo.base.texts import Text
from kangaroo.entrypoints.cli.nouns import noun, register
from kangaroo.entrypoints.cli.output import Form, plain, show_data
from kangaroo.entrypoints.cli.problems import Exit
from kangaroo.entrypoints.cli.session import Session
from kangaroo.entrypoints.cli.texts import language
from kangaroo.entrypoints.cli.workspace_named import workspace_id

app = noun("Find out what is wrong, and what to do about it.")
_MARKS = {
    "ok": ("✓", typer.colors.GREEN),
    "fixed": ("✓", typer.colors.CYAN),
    "warning": ("!", typer.colors.YELLOW),
    "broken": ("✗", typer.colors.RED),
    "skipped": ("-", typer.colors.BRIGHT_BLACK),
    "not_reached": ("·", typer.colors.BRIGHT_BLACK),
}
_WELL = Text("nothing is broken", "未发现问题")
_FIXED = Text("fixed: {message}", "已修复：{message}")
_FIXABLE = Text("--fix repairs this", "可用 --fix 修复")
_STDIN = "-"

Fix = Annotated[bool, typer.Option("--fix", help="Repair what can be repaired safely.")]
AsJson = Annotated[bool, typer.Option("--json", help="The same as --output json.")]
Workspace = Annotated[str, typer.Option("--workspace", "-w", help="Look from it: its id or name.")]


def instance(
    session: Session,
    name: Annotated[str, typer.Argument(help="Of the registry.", show_default=False)],
    workspace: Workspace = "",
    fix: Fix = False,
    as_json: AsJson = False,
) -> None:
    """A registry: its name, its port, its certificate, the credential, its version, its health."""
    given = {"name": name, "workspace": _workspace(session, workspace), "fix": fix}
    _examine(session, "instance", given, as_json=as_json)


@dataclass(frozen=True, slots=True)
class Where:
    """From where an image is looked at."""

    cluster: Annotated[str, typer.Option("--cluster", help="Where it is to be pulled to.")] = ""
    namespace: Annotated[str, typer.Option("--namespace", "-n", help="Of that cluster.")] = ""
    workspace: Workspace = ""


@dataclass(frozen=True, slots=True)
class Which:
    """Where a managed Harbor is."""

    cluster: Annotated[str, typer.Option("--cluster", help="Needless if only one has the name.")] = ""
    namespace: Annotated[str, typer.Option("--namespace", "-n", help="Of that cluster.")] = ""


def pull(
    session: Session,
    image: Annotated[str, typer.Argument(help="As a Pod names it: host/space/name:tag.", show_default=False)],
    where: Where,
    fix: Fix = False,
    as_json: AsJson = False,
) -> None:
    """The way of an image to a node: name, registry, space, binding, pull secret, credential, manifest, platform."""
    given = {
        "image": image,
        "cluster": where.cluster,
        "namespace": where.namespace,
        "workspace": _workspace(session, where.workspace),
        "fix": fix,
    }
    _examine(session, "pull", given, as_json=as_json)


def cluster(
    session: Session,
    name: Annotated[str, typer.Argument(help="Of the cluster.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """A Kubernetes cluster: whether it is reached, lets us in, lets us do what we need, and is watched."""
    _examine(session, "cluster", {"name": name}, as_json=as_json)


def managed(
    session: Session,
    name: Annotated[str, typer.Argument(help="Of the Harbor.", show_default=False)],
    which: Which,
    as_json: AsJson = False,
) -> None:
    """A Harbor we run: its cluster, harbor-operator, what it needs, its pods, its HarborCluster, its integration."""
    _examine(session, "managed", {"name": name, **asdict(which)}, as_json=as_json)


def deps(
    session: Session,
    targets: Annotated[
        list[str] | None,
        typer.Argument(
            help="postgres://user:password@host/database?sslmode=require, redis://:password@host, "
            "redis+sentinel://one,two?sentinelMasterId=name, s3://key:secret@bucket?endpoint=https://host; "
            "- reads them from standard input, line by line.",
            show_default=False,
        ),
    ] = None,
    managed: Annotated[str, typer.Option("--managed", help="Those of this managed Harbor.")] = "",
    as_json: AsJson = False,
) -> None:
    """What a Harbor needs: PostgreSQL, Redis and S3, each as Harbor would use it; asked from the server."""
    given: dict[str, Any] = {"targets": list(_given(targets or []))}
    if managed:
        given["managed"] = {"name": managed}
    _examine(session, "dependencies", given, as_json=as_json)


def self_(session: Session, as_json: AsJson = False) -> None:
    """This installation: database, storage, disk, keys, jobs, certificate, its own URL."""
    _examine(session, "self", {}, as_json=as_json)


def _given(targets: Iterable[str]) -> Iterable[str]:
    """So that passwords need not stand in the list of processes."""
    for target in targets:
        if target == _STDIN:
            yield from filter(None, map(str.strip, sys.stdin))
        else:
            yield target


def _workspace(session: Session, name: str) -> str:
    return str(workspace_id(session.connection, name)) if name else ""


def _examine(session: Session, subject: str, given: dict[str, Any], *, as_json: bool) -> None:
    report = session.connection.platform.post(f"/doctor/{subject}", given)
    form = Form.JSON if as_json else session.form
    if form is Form.TABLE:
        _show(report)
    else:
        show_data(form, report)
    if report["broken"]:
        raise typer.Exit(Exit.FAILURE)


def _show(report: dict[str, Any]) -> None:
    part = ""
    for row in report["rows"]:
        if row["part"] != part:
            part = row["part"]
            typer.secho(plain(part), bold=True)
        _show_row(row)
    if not report["broken"]:
        typer.echo(_in_language(_WELL))


def _show_row(row: dict[str, Any]) -> None:
    mark, colour = _MARKS[row["outcome"]]
    line = f"{mark} {row['title']}"
    evidence = plain(row["evidence"])
    typer.secho(line, fg=colour, nl=not evidence)
    if evidence:
        typer.echo(f"  {evidence}")
    if row["outcome"] == "fixed":
        typer.echo(f"    {_in_language(_FIXED).format(message=plain(row['message']))}")
    elif row["message"]:
        typer.echo(f"    {plain(row['message'])} [{row['reason']}]")
        typer.echo("".join(f"    → {plain(text)}\n" for text in _remedies(row)), nl=False)


def _remedies(row: dict[str, Any]) -> list[str]:
    fixable = row["fixable"] and row["outcome"] == "broken"
    return [*filter(None, [row["remedy"]]), *([_in_language(_FIXABLE)] if fixable else [])]


def _in_language(text: Text) -> str:
    return text.zh if language() == "zh" else text.en


register(app, instance=instance, pull=pull, cluster=cluster, managed=managed, deps=deps, self=self_)
