"""What is configured now, for everybody in core who acts by it: remembered until somebody changes it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from kangaroo.core.access.configuration_keys import KEYS, Secret, Values
from kangaroo.core.access.secrets import Cipher
from kangaroo.store.meta import configurations as rows
from kangaroo.store.meta.database import ACCESS, Database, Selects

_UNREAD = -1 << 62


class Configuration:
    """`defaults` come from the process's settings and hold until somebody sets the key. `cipher` keeps secrets."""

    def __init__(self, database: Database, cipher: Cipher, defaults: Mapping[str, Any]) -> None:
        self._database = database
        self._cipher = cipher
        self._defaults = dict(defaults)
        self._generation = _UNREAD
        self._values = Values(**self._defaults)

    async def values(self, selects: Selects | None = None) -> Values:
        """Without waiting, unless something changed. Inside a transaction give it as `selects`."""
        generation = self._database.generation(ACCESS)
        if generation == self._generation:
            return self._values
        values = self.read(await rows.everything(selects or self._database.lookup))
        self._generation, self._values = generation, values
        return values

    def read(self, stored: Mapping[str, str]) -> Values:
        """From rows; those of keys that this version does not know are left alone."""
        known: dict[str, Any] = {
            key: msgspec.json.decode(stored[key], type=kind) for key, kind in KEYS.items() if key in stored
        }
        return Values(**{**self._defaults, **known})

    async def secret(self, name: Secret) -> str:
        """Empty when nobody set it. Raises INTERNAL when it was encrypted with another key."""
        stored = await rows.everything(self._database.lookup)
        sealed: str = msgspec.json.decode(stored.get(name, '""'), type=str)
        return self._cipher.decrypt(sealed, name) if sealed else ""

    def sealed(self, name: str, secret: str) -> str:
        """What may be kept of a secret."""
        return self._cipher.encrypt(secret, name) if secret else ""
