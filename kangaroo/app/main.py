"""The program `kangaroo`: its commands, each wired to what does it. Nothing heavy is loaded until needed."""

from typing import Any

from typer import Typer

from kangaroo.base.settings import Settings
from kangaroo.entrypoints.cli.commands import Actions, Facts, commands


def main() -> None:
    program()()


def program() -> Typer:
    """All commands, wired."""
    return commands(
        Actions(
            serve=_serve,
            work=_work,
            migrate=_migrate,
            fsck=_fsck,
            collect=_collect,
            certificates=_certificates,
            authority=_authority,
            address=_address,
            open_local=_open_local,
        )
    )


def _serve(settings: Settings) -> int:
    from kangaroo.app import first_start, server, worker
    from kangaroo.app.serve import Program, serve

    server.load()
    return serve(settings, Program(first_start.prepare, server.application, worker.run))


def _migrate(settings: Settings) -> bool:
    from kangaroo.app.data_folder import locked
    from kangaroo.app.database import migrate

    with locked(settings.data, shared=bool(settings.database_url)):
        return migrate(settings)


def _fsck(settings: Settings, repair: bool, as_json: bool) -> int:
    from kangaroo.app.check import fsck

    return fsck(settings, repair=repair, as_json=as_json)


def _certificates(settings: Settings) -> Facts:
    from kangaroo.app import tls

    return tls.describe(tls.folder_of(settings.data))


def _authority(settings: Settings) -> str:
    from kangaroo.app import tls

    return tls.authority_text(tls.folder_of(settings.data))


def _address(settings: Settings) -> str:
    from kangaroo.app.addresses import main_address

    return settings.external_url or f"https://{main_address()}:{settings.port}"


def _open_local(settings: Settings) -> Any:
    from kangaroo.app.local import opened

    return opened(settings)


def _work(settings: Settings) -> int:
    from kangaroo.app.work import work

    return work(settings)


def _collect(settings: Settings, dry_run: bool, as_json: bool) -> int:
    from kangaroo.app.check import collect

    return collect(settings, dry_run=dry_run, as_json=as_json)
