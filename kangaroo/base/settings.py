"""Every setting in one typed table: name, default, unit and why. `--help`, `KANGAROO_*`, the TOML file and
docs/settings.md are made from it. Precedence: flag, environment, file, default.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any

import msgspec

from kangaroo.base.errors import Code, Failure

ENVIRONMENT_PREFIX = "KANGAROO_"


def setting(default: Any, why: str, *, unit: str = "", secret: bool = False) -> Any:
    """One row of the table. `secret` values are never printed or logged."""
    metadata = {"why": why, "unit": unit, "secret": secret}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


def _cpu_count() -> int:

    return len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    host: str = setting("127.0.0.1", "Address to listen on; 0.0.0.0 for every interface.")
    port: int = setting(8080, "Port to listen on; 0 picks a free one.")
    data: Path = setting(Path("data"), "Folder of the embedded database, the keys and the local blobs.")
    workers: int = setting(_cpu_count, "HTTP worker processes; one per core is best.")
    database_url: str = setting(
        "", "postgresql://user:password@host/name; empty uses SQLite in the data folder.", secret=True
    )
    storage_url: str = setting(
        "",
        "s3://bucket/prefix?endpoint=http://host:9000&region=us-east-1; empty keeps blobs in the data folder.",
    )
    storage_access_key: str = setting("", "S3 access key; empty uses the AWS credential chain.", secret=True)
    storage_secret_key: str = setting("", "S3 secret key.", secret=True)
    storage_redirect: bool = setting(
        True, "Send blob downloads to S3 by presigned redirect; off streams them through the server."
    )
    admin_password: str = setting(
        "",
        "Password of the user admin at the first start; empty makes a random one, shown once.",
        secret=True,
    )
    home_clusters: str = setting(
        "",
        "Names of registered clusters where every registry is shown as a RegistrySecret object in kangaroo-system, and "
        "may be registered by one, separated by commas.",
    )
    external_url: str = setting(
        "", "The URL clients use, if a proxy stands in front; empty trusts the Host header."
    )
    secret_key: str = setting(
        "",
        "Base64 of 32 bytes that encrypt stored credentials; empty keeps a key file in the data folder.",
        secret=True,
    )
    tls: str = setting(
        "off", "off, or auto: our own local CA and a certificate for every name and address of this host."
    )
    tls_cert: str = setting("", "PEM file of the server certificate chain.")
    tls_key: str = setting("", "PEM file of its private key.")
    tls_names: str = setting(
        "", "More host names and IP addresses for the automatic certificate, separated by commas."
    )
    denied_networks: str = setting(
        "",
        "Networks that no registered registry may lie in, such as 10.0.0.0/8,192.168.1.5, separated by commas; "
        "link-local addresses and those of cloud metadata are always denied.",
    )
    token_minutes: int = setting(30, "Life of a registry token.", unit="minutes")
    upload_hours: int = setting(24, "An upload untouched for this long is removed.", unit="hours")
    gc_grace_minutes: int = setting(
        120,
        "Content nothing refers to is kept this long, so that a push under way can still use it.",
        unit="minutes",
    )
    gc_interval_minutes: int = setting(
        60, "How often unused content is collected; 0 only on demand.", unit="minutes"
    )
    job_days: int = setting(30, "How long ended jobs and their logs are kept.", unit="days")
    audit_days: int = setting(365, "How long the audit log remembers who did what.", unit="days")
    upload_limit: int = setting(
        16 << 30, "Largest image archive accepted for upload, packed or unpacked.", unit="bytes"
    )
    manifest_limit: int = setting(4 << 20, "Largest manifest accepted.", unit="bytes")
    sparse_indexes: bool = setting(
        True, "Accept an image index whose children are not here; off answers as Harbor does, 404."
    )
    shutdown_seconds: int = setting(
        30, "On stop, how long transfers under way may take to end.", unit="seconds"
    )
    harbor_versions: str = setting(
        "2.6.4,2.5.6", "Versions offered for managed Harbors, the default one first, separated by commas."
    )
    harbor_images: str = setting(
        "",
        "Where the images of managed Harbors come from: registry.example/goharbor; empty is Docker Hub's goharbor.",
    )
    harbor_tag_suffix: str = setting("", "What the tags of these images end in, as in -arm64.")
    harbor_pull_secret: str = setting(
        "", "Name of a pull secret for these images, in every namespace that gets a Harbor."
    )
    harbor_scanner_offline: bool = setting(
        False, "The scanner of managed Harbors never asks the network; its database is brought to it."
    )
    own_image: str = setting(
        "",
        "Image of this program: with it, what a managed Harbor needs is checked by a Job inside the cluster.",
    )
    log_format: str = setting("auto", "json, console, or auto: console on a terminal.")
    log_level: str = setting("info", "debug, info, warning or error.")


def environment_name(name: str) -> str:
    return ENVIRONMENT_PREFIX + name.upper()


def load_settings(
    *, flags: Mapping[str, Any], environ: Mapping[str, str], read_toml: Callable[[Path], Mapping[str, Any]]
) -> Settings:
    """Merge the four sources. `KANGAROO_CONFIG` (or the flag `config`) names the TOML file.

    Raises INVALID_FIELD that names the setting and where the bad value came from.
    """
    known = {row.name: row for row in fields(Settings)}
    file_name = flags.get("config") or environ.get(environment_name("config"))
    from_file = read_toml(Path(file_name)) if file_name else {}
    for name in from_file:
        if name not in known:
            raise Failure(Code.INVALID_FIELD, field=name, reason=f"{file_name}: no such setting")
    values: dict[str, Any] = {}
    for name, row in known.items():
        variable = environment_name(name)
        if flags.get(name) is not None:
            values[name] = _converted(row, flags[name], f"--{name.replace('_', '-')}")
        elif variable in environ:
            values[name] = _converted(row, environ[variable], variable)
        elif name in from_file:
            values[name] = _converted(row, from_file[name], str(file_name))
    return Settings(**values)


def default_of(row: "Field[Any]") -> Any:
    return row.default_factory() if row.default_factory is not MISSING else row.default


def _converted(row: "Field[Any]", value: Any, source: str) -> Any:
    kind = row.type if isinstance(row.type, type) else type(default_of(row))
    if kind is Path:
        return Path(value).expanduser()
    if kind is bool and isinstance(value, str):
        value = {
            "1": True,
            "true": True,
            "yes": True,
            "on": True,
            "0": False,
            "false": False,
            "no": False,
            "off": False,
        }.get(value.lower(), value)
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Failure(Code.INVALID_FIELD, field=source, reason=str(error)) from error
