"""Manifests and configs to what pages show. Pure: somebody pushed them, so whatever is unusual tells nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Failure
from kangaroo.core.workspaces import BuildStep
from kangaroo.entrypoints.console.images_values import Layer

_LINES = 2_000  # of one value of a config
_NOP = "#(nop) "


def object_of(text: str | bytes) -> Mapping[str, Any]:
    """Nothing when it is no JSON object."""
    try:
        found = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def platform_of(given: object) -> str:
    """`linux/arm64/v8`; empty when it is none."""
    if not isinstance(given, dict):
        return ""
    parts = [given.get(name) for name in ("os", "architecture", "variant")]
    return "/".join(part for part in parts if isinstance(part, str) and part)


def pretty(content: bytes) -> str:
    """JSON set in lines."""
    try:
        return msgspec.json.format(content, indent=2).decode()
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return content.decode("utf-8", "replace")


def layers_of(manifest: Mapping[str, Any], steps: Sequence[BuildStep]) -> list[Layer]:
    """With the commands that made them, when there are as many."""
    found = list(_layers(manifest))
    commands = [command_of(step) for step in steps if not step.empty]
    if len(commands) != len(found):
        return found
    return [
        Layer(layer.digest, layer.size, layer.media_type, command)
        for layer, command in zip(found, commands, strict=True)
    ]


def _layers(manifest: Mapping[str, Any]) -> Iterator[Layer]:
    given = manifest.get("layers")
    for one in given if isinstance(given, list) else []:
        if isinstance(one, dict) and isinstance(one.get("size"), int):
            digest, media_type = str(one.get("digest", "")), str(one.get("mediaType", ""))
            title = (one.get("annotations") or {}).get("org.opencontainers.image.title", "")
            yield Layer(digest, one["size"], media_type, str(title))


def command_of(step: BuildStep) -> str:
    """As it stood in the Dockerfile, without what builders put before it."""
    text = step.created_by.strip()
    for shell in ("/bin/sh -c ", "|0 /bin/sh -c "):
        text = text.removeprefix(shell)
    return text.removeprefix(_NOP).removesuffix(" # buildkit").strip() or step.comment


def annotations_of(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    given = manifest.get("annotations")
    return sorted((str(key), str(value)) for key, value in given.items()) if isinstance(given, dict) else []


def config_of(attributes: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What decides how a container of the image runs: in the order of OCI image-spec config.md."""
    config = attributes.get("config")
    if not isinstance(config, dict):
        return [(str(key), _written(value)) for key, value in sorted(attributes.items()) if _plain(value)]
    return [
        (str(key), _written(value))
        for key, value in sorted(config.items())
        if value not in (None, "", [], {})
    ]


def digest_or_none(text: str) -> Digest | None:
    try:
        return Digest.parse(text)
    except Failure:
        return None


def _plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool) and value != ""


def _written(value: object) -> str:
    if isinstance(value, str):
        return value[:_LINES]
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "\n".join(value)[:_LINES]
    if isinstance(value, dict) and all(one in ({}, None) for one in value.values()):
        return "\n".join(map(str, value))[:_LINES]
    return msgspec.json.encode(value).decode()[:_LINES]


def signatures(kinds: Iterable[str]) -> list[str]:
    """Who signed, by Harbor's types of accessories: `cosign` of `signature.cosign`."""
    return sorted({kind.partition(".")[2] for kind in kinds if kind.startswith("signature.")})
