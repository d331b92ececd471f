"""An OpenID provider over HTTP: discovery, keys, token endpoint, userinfo (OpenID Connect Discovery and Core 1.0).

People sign in rarely: each call opens its own connection.
"""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import aiohttp
import msgspec

from kangaroo.base.errors import Code, Failure
from kangaroo.remote.identity import CodeExchange, ProviderInfo, ProviderTokens

_WELL_KNOWN = "/.well-known/openid-configuration"
_TIMEOUT = aiohttp.ClientTimeout(total=15, connect=5)
_LARGEST = 1 << 20  # bytes of an answer
_JSON = {"Accept": "application/json"}


class HttpOidcProvider:
    """Implements `remote.identity.OidcProvider`."""

    async def discover(self, endpoint: str, *, verify: bool) -> ProviderInfo:
        found = await _json("GET", endpoint.rstrip("/") + _WELL_KNOWN, verify=verify)
        try:
            info = msgspec.convert(found, _Discovery)
        except msgspec.ValidationError as error:
            raise _unavailable(f"its discovery document: {error}") from error
        if info.issuer.rstrip("/") != endpoint.rstrip("/"):
            raise _unavailable(f"it calls itself {info.issuer}, not {endpoint}")
        methods = info.token_endpoint_auth_methods_supported
        return ProviderInfo(
            issuer=info.issuer,
            authorization_endpoint=info.authorization_endpoint,
            token_endpoint=info.token_endpoint,
            jwks_uri=info.jwks_uri,
            userinfo_endpoint=info.userinfo_endpoint,
            end_session_endpoint=info.end_session_endpoint,
            secret_in_form="client_secret_basic" not in methods,
        )

    async def keys(self, info: ProviderInfo, *, verify: bool) -> list[Mapping[str, Any]]:
        found = (await _json("GET", info.jwks_uri, verify=verify)).get("keys")
        if not isinstance(found, list):
            raise _unavailable("its key set has no keys")
        return [key for key in found if isinstance(key, dict)]

    async def exchange(self, info: ProviderInfo, code: CodeExchange, *, verify: bool) -> ProviderTokens:
        form = {
            "grant_type": "authorization_code",
            "code": code.code,
            "redirect_uri": code.redirect_uri,
            "code_verifier": code.verifier,
        }
        headers = dict(_JSON)
        if code.client_secret and not info.secret_in_form:
            headers["Authorization"] = _basic(code.client_id, code.client_secret)
        else:
            form["client_id"] = code.client_id
            if code.client_secret:
                form["client_secret"] = code.client_secret
        found = await _json("POST", info.token_endpoint, headers=headers, form=form, verify=verify)
        id_token, access_token = found.get("id_token"), found.get("access_token", "")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise Failure(
                Code.BAD_REQUEST, reason="the OIDC provider gave no id_token: is openid among the scopes?"
            )
        return ProviderTokens(id_token, access_token)

    async def userinfo(self, info: ProviderInfo, access_token: str, *, verify: bool) -> Mapping[str, Any]:
        headers = {**_JSON, "Authorization": f"Bearer {access_token}"}
        return await _json("GET", info.userinfo_endpoint, headers=headers, verify=verify)


class _Discovery(msgspec.Struct):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


async def _json(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] = _JSON,
    form: Mapping[str, str] | None = None,
    verify: bool,
) -> dict[str, Any]:
    try:
        async with (
            aiohttp.ClientSession(timeout=_TIMEOUT, trust_env=True) as session,
            session.request(method, url, headers=headers, data=form, ssl=verify) as response,
        ):
            body = await response.content.read(_LARGEST + 1)
            while not response.content.at_eof() and len(body) <= _LARGEST:
                body += await response.content.read(_LARGEST)
            return _read(response.status, url, body)
    except (TimeoutError, aiohttp.ClientError, aiohttp.InvalidURL, OSError, ValueError) as error:
        raise _unavailable(f"{url}: {error or type(error).__name__}") from error


def _read(status: int, url: str, body: bytes) -> dict[str, Any]:
    """Raises BAD_REQUEST with the provider's words when it refuses, UNAVAILABLE when it makes no sense."""
    try:
        found = msgspec.json.decode(body[:_LARGEST], type=dict[str, Any])
    except msgspec.MsgspecError as error:
        raise _unavailable(f"{url}: status {status}, and no JSON object") from error
    if status == 200:
        return found
    if 400 <= status < 500 and isinstance(found.get("error"), str):
        reason = f"{found['error']}: {found.get('error_description', '')}".rstrip(": ")
        raise Failure(Code.BAD_REQUEST, reason=f"the OIDC provider refuses: {reason}"[:500])
    raise _unavailable(f"{url}: status {status}")


def _basic(client_id: str, secret: str) -> str:
    """RFC 6749, section 2.3.1: both are form-encoded first."""
    pair = f"{quote(client_id, safe='')}:{quote(secret, safe='')}"
    return "Basic " + b64encode(pair.encode()).decode()


def _unavailable(reason: str) -> Failure:
    return Failure(Code.UNAVAILABLE, what="the OIDC provider", reason=reason[:500])
