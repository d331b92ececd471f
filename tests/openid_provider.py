"""A real OpenID provider over HTTP: authlib's authorisation server (code flow, PKCE verified, RS256) on Flask.

It shares nothing with our side of the protocol. Tests say who is known (`people`), how long tokens live, and what a
dishonest provider would put into one (`lies`).
"""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import flask
import pytest
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, OAuth2Error, TokenMixin
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

CLIENT_ID, CLIENT_SECRET = "kangaroo", "Secret of the client: +&%"


@dataclass
class Code(AuthorizationCodeMixin):
    code: str
    client_id: str
    redirect_uri: str
    scope: str
    person: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return None

    def get_acr(self):
        return None

    def get_amr(self):
        return None


class OnlyClient(ClientMixin):
    def __init__(self, callbacks: set[str]) -> None:
        self._callbacks = callbacks

    def get_client_id(self):
        return CLIENT_ID

    def get_default_redirect_uri(self):
        return None

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri in self._callbacks

    def check_client_secret(self, client_secret):
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_basic"

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


@dataclass
class Person(TokenMixin):
    """As the login form knows him; `claims` go into the ID token and to userinfo."""

    name: str
    claims: dict[str, Any]


@dataclass
class Provider:
    """`issuer` is its URL; `lies` are laid over the claims of the next ID tokens."""

    callbacks: set[str] = field(default_factory=set)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    userinfo_lies: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: _key("first"))
    issuer: str = ""
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)  # access token: who
    key_requests: int = 0

    def rotate(self, kid: str) -> None:
        self.key = _key(kid)

    def settings(self, **changes: object) -> dict[str, object]:
        """Harbor's configuration keys for this provider."""
        return {
            "auth_mode": "oidc_auth",
            "oidc_name": "test",
            "oidc_endpoint": self.issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret": CLIENT_SECRET,
            "oidc_scope": "openid,profile,email",
            "oidc_groups_claim": "groups",
            "oidc_user_claim": "preferred_username",
            "oidc_auto_onboard": True,
        } | changes


def _key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@contextlib.contextmanager
def running(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # http on this machine
    provider = Provider()
    server = make_server("127.0.0.1", 0, _application(provider), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _application(provider: Provider) -> flask.Flask:
    app = flask.Flask("openid-provider")

    def save(token: dict[str, Any], request: Any) -> None:
        provider.tokens[token["access_token"]] = request.user.name

    server = AuthorizationServer(app, lambda _id: OnlyClient(provider.callbacks), save)
    server.register_grant(*_grant(provider))
    app.add_url_rule("/authorize", "authorize", lambda: _authorize(provider, server), methods=["GET", "POST"])
    app.add_url_rule("/token", "token", server.create_token_response, methods=["POST"])
    app.add_url_rule("/.well-known/openid-configuration", "discovery", lambda: _discovery(provider))
    app.add_url_rule("/jwks", "jwks", lambda: _jwks(provider))
    app.add_url_rule("/userinfo", "userinfo", lambda: _userinfo(provider))
    return app


def _grant(provider: Provider) -> tuple[type[AuthorizationCodeGrant], list[Any]]:
    class Grant(AuthorizationCodeGrant):
        def save_authorization_code(self, code, request):
            data = request.payload.data
            provider.codes[code] = Code(
                code,
                request.payload.client_id,
                request.payload.redirect_uri,
                request.payload.scope,
                request.user.name,
                data.get("nonce"),
                data.get("code_challenge"),
                data.get("code_challenge_method"),
            )

        def query_authorization_code(self, code, client):
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code):
            del provider.codes[authorization_code.code]

        def authenticate_user(self, authorization_code):
            return Person(authorization_code.person, provider.people[authorization_code.person])

    class Tokens(OpenIDCode):
        def exists_nonce(self, nonce, request):
            return any(code.nonce == nonce for code in provider.codes.values())

        def resolve_client_private_key(self, client):
            return provider.key

        def get_client_claims(self, client):
            return {"iss": provider.issuer, "aud": CLIENT_ID}

        def get_encode_header(self, client):
            return {"alg": "RS256", "kid": provider.key.kid}

        def generate_user_info(self, user, scope):
            return user.claims | provider.lies

    return Grant, [Tokens(require_nonce=True), CodeChallenge(required=True)]


def _authorize(provider: Provider, server: AuthorizationServer) -> Any:
    """A form with a name and no password; posting it is signing in."""
    name = flask.request.form.get("name")
    try:
        grant = server.get_consent_grant(end_user=None)
        if flask.request.method == "GET":
            return '<form method="post"><input name="name"></form>'
    except OAuth2Error as error:
        return flask.Response(str(error), 400)
    if name not in provider.people:
        return server.create_authorization_response(grant=grant, grant_user=None)
    return server.create_authorization_response(grant=grant, grant_user=Person(name, provider.people[name]))


def _discovery(provider: Provider) -> Any:
    issuer = provider.issuer
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "end_session_endpoint": f"{issuer}/logout",
        "id_token_signing_alg_values_supported": ["RS256"],
        "code_challenge_methods_supported": ["S256"],
    }


def _jwks(provider: Provider) -> Any:
    provider.key_requests += 1
    return {"keys": [provider.key.as_dict(private=False)]}


def _userinfo(provider: Provider) -> Any:
    name = provider.tokens.get(flask.request.headers.get("Authorization", "").removeprefix("Bearer "))
    if name is None:
        return flask.Response("{}", 401)
    return {"sub": provider.people[name]["sub"]} | provider.people[name] | provider.userinfo_lies
