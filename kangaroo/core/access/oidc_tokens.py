"""ID tokens of an OpenID provider: signed by it, for us, and still good (OpenID Connect Core 1.0, section 3.1.3.7).

The discovery document and the keys are remembered for ten minutes. A key nobody knows yet makes us look again, but
no more than once in ten seconds: strangers choose the key ids.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from kangaroo.base.clock import SECOND, Clock, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.remote.identity import OidcProvider, ProviderInfo

KEPT: Micros = 600 * SECOND
LOOK_AGAIN: Micros = 10 * SECOND
_SKEW = 300  # seconds another clock may be ahead of ours
_RSA = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")
_EC = ("ES256", "ES384", "ES512")
_KINDS: dict[str, tuple[type[RSAKey] | type[ECKey], tuple[str, ...]]] = {
    "RSA": (RSAKey, _RSA),
    "EC": (ECKey, _EC),
}
_LONGEST_TOKEN = 64 << 10


class Place(NamedTuple):
    """Which provider; `verify` its certificate."""

    endpoint: str
    verify: bool


class Known:
    """What we remember of a provider."""

    def __init__(self, info: ProviderInfo, at: Micros) -> None:
        self.info = info
        self.at = at
        self.keys: list[Mapping[str, Any]] = []
        self.keys_at: Micros | None = None


class IdTokens:
    def __init__(self, provider: OidcProvider | None, clock: Clock) -> None:
        self._provider = provider
        self._clock = clock
        self._known: dict[Place, Known] = {}

    @property
    def provider(self) -> OidcProvider:
        """Raises UNAVAILABLE."""
        if self._provider is None:
            raise Failure(Code.UNAVAILABLE, what="OpenID Connect", reason="no client for it is wired")
        return self._provider

    async def info(self, place: Place) -> ProviderInfo:
        """Raises UNAVAILABLE."""
        return (await self._of(place)).info

    async def verified(self, place: Place, client_id: str, text: str) -> dict[str, Any]:
        """Its claims. Raises UNAUTHORIZED, UNAVAILABLE."""
        kid = _key_id(text)
        known = await self._of(place)
        claims = _decoded(await self._signed(place, known, kid, text))
        _check(claims, known.info.issuer, client_id, self._clock() // SECOND)
        return claims

    async def _of(self, place: Place) -> Known:
        known = self._known.get(place)
        if known is None or self._clock() - known.at > KEPT:
            known = Known(await self.provider.discover(place.endpoint, verify=place.verify), self._clock())
            self._known = {place: known}
        return known

    async def _signed(self, place: Place, known: Known, kid: str | None, text: str) -> bytes:
        """The payload, its signature checked."""
        keys = _fitting(known.keys, kid)
        may_look = known.keys_at is None or self._clock() - known.keys_at > LOOK_AGAIN
        if not keys and may_look:
            known.keys_at = self._clock()
            known.keys = await self.provider.keys(known.info, verify=place.verify)
            keys = _fitting(known.keys, kid)
        for key in keys:
            if (payload := _payload(text, key)) is not None:
                return payload
        raise Failure(Code.UNAUTHORIZED)


def _key_id(text: str) -> str | None:
    """Raises UNAUTHORIZED for what is no token at all."""
    if len(text) > _LONGEST_TOKEN:
        raise Failure(Code.UNAUTHORIZED)
    try:
        header = jws.extract_compact(text.encode()).headers()
    except (JoseError, ValueError, TypeError) as error:
        raise Failure(Code.UNAUTHORIZED) from error
    kid = header.get("kid")
    return kid if isinstance(kid, str) else None


def _fitting(keys: list[Mapping[str, Any]], kid: str | None) -> list[Mapping[str, Any]]:
    signing = [key for key in keys if key.get("kty") in _KINDS and key.get("use", "sig") == "sig"]
    return [key for key in signing if kid is None or key.get("kid") == kid]


def _payload(text: str, key: Mapping[str, Any]) -> bytes | None:
    """None when this key did not sign it. Each kind of key has its algorithms; none is a shared secret."""
    kind, algorithms = _KINDS[key["kty"]]
    try:
        public = kind.import_key(dict(key))
        return jws.deserialize_compact(text, public, list(algorithms)).payload
    except (JoseError, ValueError, TypeError, KeyError):
        return None


def _decoded(payload: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(payload, type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise Failure(Code.UNAUTHORIZED) from error


def _check(claims: Mapping[str, Any], issuer: str, client_id: str, now: int) -> None:
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    party = claims.get("azp", client_id if len(audiences) == 1 else None)
    ends, begins = claims.get("exp"), [claims.get(name, 0) for name in ("nbf", "iat")]
    good = (
        claims.get("iss") == issuer
        and client_id in audiences
        and party == client_id
        and isinstance(claims.get("sub"), str)
        and claims["sub"] != ""
        and isinstance(ends, int | float)
        and now < ends
        and all(isinstance(begin, int | float) and begin <= now + _SKEW for begin in begins)
    )
    if not good:
        raise Failure(Code.UNAUTHORIZED)
