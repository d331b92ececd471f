"""Tag configure: what administrators set while the server runs."""

from typing import Any

import msgspec
from litestar import Response, get, put

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access import KEYS, SECRETS
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.answers import done
from kangaroo.entrypoints.http.framework import Given

_UNSHOWN = "pull_"  # Harbor takes them and does not describe them
_TYPES: dict[str, type] = KEYS | dict.fromkeys(SECRETS, str)


class ConfigItem(msgspec.Struct):
    value: str | int | bool
    editable: bool


@get("/configurations")
async def get_all(actor: Given[Actor], services: Given[Services]) -> dict[str, ConfigItem]:
    """Secrets never come back."""
    found = await services.access.configuring.show(actor)
    return {
        key: ConfigItem(item.value, item.editable)
        for key, item in found.items()
        if not key.startswith(_UNSHOWN)
    }


@put("/configurations", while_read_only=True)
async def update(actor: Given[Actor], services: Given[Services], data: dict[str, Any]) -> Response[bytes]:
    """Unknown keys are ignored, as Go's decoder does."""
    changes = {key: _typed(key, value) for key, value in data.items() if key in _TYPES}
    await services.access.configuring.change(actor, changes)
    return done()


def _typed(key: str, value: Any) -> Any:
    try:
        return msgspec.convert(value, _TYPES[key])
    except msgspec.ValidationError as error:
        raise Failure(Code.INVALID_FIELD, field=f"configurations.{key} in body", reason=str(error)) from error


HANDLERS = (get_all, update)
