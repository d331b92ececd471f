"""What may be changed about a Harbor that is there: pure. The rest its operator refuses, or would lose data.

The version only goes up, and only to the newest minor one the operator knows.
"""

from kangaroo.base.errors import Code, Failure
from kangaroo.core.managed.composing import access_mode
from kangaroo.core.managed.spec import HarborSpec, StorageMode

Version = tuple[int, int, int]


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
    for field, (before, after) in fixed.items():
        if before != after:
            raise Failure(Code.PRECONDITION, "managed_fixed", field=field)
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
