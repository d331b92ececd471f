"""The list of commands. What they do is handed in, so that asking for help loads none of it."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any

import typer

from kangaroo import __version__
from kangaroo.base.settings import Settings
from kangaroo.entrypoints.cli.lazy import Root
from kangaroo.entrypoints.cli.options import ROWS, with_settings
from kangaroo.entrypoints.cli.settings import settings_page
from kangaroo.entrypoints.cli.trust import Client, trust_script

_STORES = ["data", "database_url", "storage_url", "storage_access_key", "storage_secret_key", "secret_key"]
_WORKER = [name for name in ROWS if name not in ("host", "port", "workers", "admin_password")]
Facts = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Actions:
    """`serve` and `fsck` return exit codes, `migrate` whether it did something; `authority` is PEM text."""

    serve: Callable[[Settings], int]
    migrate: Callable[[Settings], bool]
    fsck: Callable[[Settings, bool, bool], int]
    certificates: Callable[[Settings], Facts]
    authority: Callable[[Settings], str]
    address: Callable[[Settings], str]
    open_local: Any
    work: Callable[[Settings], int]
    collect: Callable[[Settings, bool, bool], int]


def commands(actions: Actions) -> typer.Typer:
    top = typer.Typer(
        name="kangaroo",
        help="Kangaroo, a container-registry platform.",
        no_args_is_help=True,
        cls=Root,
        rich_markup_mode=None,  # with Rich, help takes three times as long to appear
        pretty_exceptions_enable=False,  # they would show the values of secrets
    )

    @top.callback()
    def begin(ctx: typer.Context) -> None:
        ctx.obj = actions

    top.command("serve")(with_settings(_serve(actions), list(ROWS)))
    top.command("migrate")(with_settings(_migrate(actions), ["data", "database_url"]))
    top.command("fsck")(with_settings(_fsck(actions), [*_STORES, "log_level", "log_format"]))
    top.command("gc")(with_settings(_gc(actions), [*_STORES, "gc_grace_minutes", "log_level", "log_format"]))
    top.command("worker")(with_settings(_worker(actions), _WORKER))
    top.command("settings")(_settings)
    top.command("reference")(_reference)
    top.command("version")(_version)
    top.add_typer(_tls(actions), name="tls")
    return top


def _serve(actions: Actions) -> Callable[[Settings], None]:
    def serve(settings: Settings) -> None:
        """Run the server until it is stopped."""
        raise typer.Exit(actions.serve(settings))

    return serve


def _migrate(actions: Actions) -> Callable[[Settings], None]:
    def migrate(settings: Settings) -> None:
        """Bring the database to this version, as serve does."""
        typer.echo("migrated" if actions.migrate(settings) else "up to date")

    return migrate


def _fsck(actions: Actions) -> Callable[..., None]:
    def fsck(
        settings: Settings,
        repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
    ) -> None:
        """Verify every blob and manifest; exit code 1 means damage."""
        raise typer.Exit(actions.fsck(settings, repair, as_json))

    return fsck


def _gc(actions: Actions) -> Callable[..., None]:
    def gc(
        settings: Settings,
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be freed.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print the numbers as JSON.")] = False,
    ) -> None:
        """Remove content nothing refers to, as the server does by itself; it may run meanwhile."""
        raise typer.Exit(actions.collect(settings, dry_run, as_json))

    return gc


def _worker(actions: Actions) -> Callable[[Settings], None]:
    def worker(settings: Settings) -> None:
        """Run only the job worker, beside servers that share a PostgreSQL database."""
        raise typer.Exit(actions.work(settings))

    return worker


def _settings() -> None:
    """Print all settings as a Markdown table."""
    typer.echo(settings_page(), nl=False)


def _reference(ctx: typer.Context) -> None:
    """Print all commands as a Markdown page."""
    # Loads every command, which only this one may do.
    typer.echo(import_module("kangaroo.entrypoints.cli.reference").page(ctx.find_root().command), nl=False)


def _version() -> None:
    """Print the version."""
    typer.echo(f"Kangaroo {__version__}")


def _tls(actions: Actions) -> typer.Typer:
    def show(settings: Settings) -> None:
        """Show the certificates that --tls auto made."""
        facts = actions.certificates(settings)
        width = max(len(name) for name, _ in facts)
        for name, value in facts:
            typer.echo(f"{name:{width}}  {value}")

    def trust(
        settings: Settings,
        client: Annotated[Client, typer.Argument(help="Who shall trust the server.")],
        url: Annotated[
            str, typer.Option(help="Where that client reaches the server: https://host:port.")
        ] = "",
    ) -> None:
        """Print what a client machine must do to trust the certificates of --tls auto."""
        authority = actions.authority(settings)
        typer.echo(trust_script(client, url or actions.address(settings), authority), nl=False)

    group = typer.Typer(help="The certificates of --tls auto.", no_args_is_help=True, rich_markup_mode=None)
    group.command("show")(with_settings(show, ["data"]))
    group.command("trust")(with_settings(trust, ["data", "port", "external_url"]))
    return group
