"""What may be changed about a Harbor that is there: pure. The rest its operator refuses, or would lose data.

The version only goes up, and only to the newest minor one the operator knows.
"""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from kangaroo.base.errors import Code, Failure
from kangaroo.core.managed.composing import access_mode
from kangaroo.core.managed.spec import (
    Cache,
    Database,
    Expose,
    HarborSpec,
    Resources,
    Secrets,
    Storage,
    StorageMode,
)

Version = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """None leaves as it is; so do empty secrets, unless they would go to another place than they were given for."""

    version: str | None = None
    replicas: int | None = None
    resources: Resources | None = None
    database: Database | None = None
    cache: Cache | None = None
    storage: Storage | None = None
    expose: Expose | None = None
    trivy: bool | None = None
    trivy_offline: bool | None = None
    metrics: bool | None = None
    secrets: Secrets = field(default_factory=Secrets)
    annotations: dict[str, str] | None = None

    def over(self, spec: HarborSpec) -> HarborSpec:
        changed: dict[str, Any] = {
            name: value for name in spec.__struct_fields__ if (value := getattr(self, name)) is not None
        }
        return msgspec.structs.replace(spec, **changed)

    def secrets_over(self, kept: Secrets, spec: HarborSpec) -> Secrets:
        """`spec` is as it was. The administrator's is changed in Harbor: its Secret counts at the first start alone."""
        moved = self.cache is not None and self.cache.address != spec.cache.address
        given = self.secrets.over(kept)
        return msgspec.structs.replace(
            given, admin=kept.admin, cache=self.secrets.cache if moved else given.cache
        )


def parse_version(text: str) -> Version:
    """Raises INVALID_FIELD."""
    parts = text.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 5 for part in parts):
        raise Failure(Code.INVALID_FIELD, field="spec.version", reason="write it as 2.6.4, without a v")
    major, minor, patch = map(int, parts)
    return major, minor, patch


def check_change(old: HarborSpec, new: HarborSpec) -> None:
    """Raises INVALID_FIELD for a version, PRECONDITION for what stays as it was made."""
    _check_version(old.version, new.version)
    fixed = {
        "spec.database.type": (old.database.mode, new.database.mode),
        "spec.database": (
            (old.database.address, old.database.middleware),
            (new.database.address, new.database.middleware),
        ),
        "spec.cache.type": (_kept_by(old), _kept_by(new)),
        "spec.storage.type": (old.storage.mode, new.storage.mode),
        "spec.storage": (_location(old), _location(new)),
    }
    for name, (before, after) in fixed.items():
        if before != after:
            raise Failure(Code.PRECONDITION, "managed_fixed", field=name)
    if old.storage.mode is StorageMode.STORAGE_CLASS and access_mode(old.replicas) != access_mode(
        new.replicas
    ):
        raise Failure(Code.PRECONDITION, "managed_volume_replicas", mode=access_mode(old.replicas))


def _check_version(old: str, new: str) -> None:
    before, after = parse_version(old), parse_version(new)
    if after < before:
        raise Failure(Code.INVALID_FIELD, "managed_version_down", field="spec.version", old=old, new=new)


def _kept_by(spec: HarborSpec) -> bool:
    """Whether the operator keeps the cache: another Redis may be chosen, but not another kind."""
    return spec.cache.mode == "BUILT_IN_MODE"


def _location(spec: HarborSpec) -> tuple[object, ...]:
    """Where the images are; credentials may change."""
    bucket, volume = spec.storage.bucket, spec.storage.volume
    return (
        None if bucket is None else (bucket.bucket, bucket.endpoint, bucket.region),
        None if volume is None else volume.storage_class,
        spec.storage.middleware,
    )
