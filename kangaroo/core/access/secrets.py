"""Credentials at rest: what the database keeps of a secret is useless without the installation's key."""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kangaroo.base.errors import Code, Failure

_NONCE = 12


class Cipher:
    """AES-256-GCM. `purpose` is bound to the text: one secret's cannot stand where another's belongs."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def encrypt(self, secret: str, purpose: str) -> str:
        nonce = os.urandom(_NONCE)
        sealed = self._cipher.encrypt(nonce, secret.encode(), purpose.encode())
        return base64.b64encode(nonce + sealed).decode()

    def decrypt(self, text: str, purpose: str) -> str:
        """Raises INTERNAL when it was encrypted with another key, for another purpose, or was tampered with."""
        try:
            data = base64.b64decode(text, validate=True)
            nonce, sealed = data[:_NONCE], data[_NONCE:]
            return self._cipher.decrypt(nonce, sealed, purpose.encode()).decode()
        except (binascii.Error, InvalidTag, ValueError) as error:
            raise Failure(Code.INTERNAL, "secret_unreadable", what=purpose) from error
