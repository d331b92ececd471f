"""Registry tokens: JSON web tokens (RFC 7519) signed with ES256, with the claims of Harbor's token service.

Format: distribution/distribution docs/spec/auth/jwt.md. One claim is our own: `since`, when the row of the
user or robot was made, so that a token does not outlive its owner in somebody who later takes the same name.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access.recent import Recent

ISSUER = "harbor-token-issuer"
AUDIENCE = "harbor-registry"
_ALGORITHM = "ES256"
_REMEMBERED = 10_000  # about 2 kB each
_SKEW = 60  # seconds another server's clock may be ahead of ours


class Entry(msgspec.Struct, frozen=True):
    """One element of the claim `access`."""

    type: str
    name: str
    actions: tuple[str, ...]


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds since the epoch. `sub` is empty for anonymous."""

    sub: str
    exp: int
    nbf: int
    iat: int
    jti: str
    iss: str = ISSUER
    aud: str = AUDIENCE
    access: tuple[Entry, ...] = ()
    since: Micros = 0


@dataclass(frozen=True, slots=True)
class Token:
    """`expires_in` in seconds."""

    token: str
    expires_in: int
    issued_at: Micros


def generate_signing_key() -> bytes:
    """A new P-256 private key, PEM (PKCS#8), for TokenSigner. All servers of one installation share it."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


class TokenSigner:
    """Signs and verifies; a signature once found good is remembered, since checking one costs 100 µs."""

    def __init__(self, pem: bytes) -> None:
        """Raises INVALID_FIELD if `pem` is not a private P-256 key."""
        try:
            private = serialization.load_pem_private_key(pem, password=None)
        except (ValueError, TypeError) as error:
            raise Failure(Code.INVALID_FIELD, field="signing key", reason="not a PEM private key") from error
        if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
            raise Failure(Code.INVALID_FIELD, field="signing key", reason="not a P-256 key")
        self._key = ECKey.import_key(pem)
        self._header = {"alg": _ALGORITHM, "typ": "JWT", "kid": _fingerprint(private.public_key())}
        self._good: Recent[str, Claims] = Recent(_REMEMBERED)

    def sign(
        self, subject: str, since: Micros, access: tuple[Entry, ...], *, at: Micros, minutes: int
    ) -> Token:
        seconds = at // SECOND
        claims = Claims(
            sub=subject,
            since=since,
            access=access,
            iat=seconds,
            nbf=seconds,
            exp=seconds + minutes * 60,
            jti=secrets.token_urlsafe(12),
        )
        payload = msgspec.json.encode(claims, enc_hook=str)  # of a repository's name
        text = jws.serialize_compact(self._header, payload, self._key, [_ALGORITHM])
        return Token(text, minutes * 60, at)

    def verify(self, text: str, at: Micros) -> Claims:
        """Raises UNAUTHORIZED unless the token is ours, for us, and valid now."""
        claims = self._good.get(text)
        if claims is None:
            claims = self._read(text)
            self._good.put(text, claims)
        seconds = at // SECOND
        if not claims.nbf - _SKEW <= seconds < claims.exp:
            raise Failure(Code.UNAUTHORIZED)
        return claims

    def _read(self, text: str) -> Claims:
        try:
            payload = jws.deserialize_compact(text, self._key, [_ALGORITHM]).payload
            claims = msgspec.json.decode(payload, type=Claims)
        except (
            JoseError,
            ValueError,
            TypeError,
            KeyError,
        ) as error:  # ValueError: msgspec's, base64's, Unicode's
            raise Failure(Code.UNAUTHORIZED) from error
        if claims.iss != ISSUER or claims.aud != AUDIENCE:
            raise Failure(Code.UNAUTHORIZED)
        return claims


def _fingerprint(key: ec.EllipticCurvePublicKey) -> str:
    """The key id docker's libtrust gives: base32 of the first 240 bits of SHA-256 of the key, in groups of
    four.
    """
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    text = base64.b32encode(hashlib.sha256(der).digest()[:30]).decode()
    return ":".join(text[start : start + 4] for start in range(0, len(text), 4))
