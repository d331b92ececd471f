"""The two keys of an installation: one signs registry tokens (ES256), one encrypts stored credentials (AES).

They are made at the first start and kept in `keys/` of the data folder. With the setting `secret_key` nothing
is kept: the signing key follows from it, so that servers without a common folder accept each other's tokens.
"""

import base64
import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kangaroo.app import private_files
from kangaroo.base.errors import Code, Failure
from kangaroo.base.settings import Settings

SIZE = 32
_CURVE = ec.SECP256R1()
_ORDER = _CURVE.group_order


def secret_key(settings: Settings) -> bytes:
    """32 bytes. Raises INVALID_FIELD."""
    if settings.secret_key:
        return _decoded(settings.secret_key, "secret_key")
    path = settings.data / "keys" / "secret.key"
    private_files.private_folder(path.parent)
    kept = private_files.create(path, base64.b64encode(os.urandom(SIZE)) + b"\n")
    return _decoded(kept.decode("latin-1"), str(path))


def token_key(settings: Settings) -> bytes:
    """A PEM file's content: the private key of ES256."""
    if settings.secret_key:
        # 48 bytes, so that the remainder is as good as uniform (FIPS 186-5, A.2.1)
        seed = HKDF(SHA256(), length=48, salt=None, info=b"kangaroo token key").derive(secret_key(settings))
        scalar = int.from_bytes(seed, "big") % (_ORDER - 1) + 1
        return _pem(ec.derive_private_key(scalar, _CURVE))
    path = settings.data / "keys" / "token.pem"
    private_files.private_folder(path.parent)
    return private_files.create(path, _pem(ec.generate_private_key(_CURVE)))


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _decoded(text: str, source: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except ValueError:
        key = b""
    if len(key) != SIZE:
        raise Failure(Code.INVALID_FIELD, field=source, reason=f"not the Base64 of {SIZE} bytes")
    return key
