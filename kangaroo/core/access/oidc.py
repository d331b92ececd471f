"""Signing in through an OpenID provider: the authorisation code flow with PKCE.

Between the steps nothing is kept here: what must come back from the same browser is in a ticket (`oidc_tickets`).
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access.accounts import Accounts
from kangaroo.core.access.configuration import Configuration
from kangaroo.core.access.configuration_keys import Values
from kangaroo.core.access.decisions import Decisions
from kangaroo.core.access.external import External, Person
from kangaroo.core.access.oidc_claims import Reading, person_of, subject_of
from kangaroo.core.access.oidc_tickets import Newcomer, Started, Tickets
from kangaroo.core.access.oidc_tokens import IdTokens, Place
from kangaroo.core.access.secrets import Cipher
from kangaroo.remote.identity import CodeExchange, OidcProvider, ProviderInfo
from kangaroo.store.meta import identities
from kangaroo.store.meta.database import Database


@dataclass(frozen=True, slots=True)
class Start:
    """Send the browser to `url`, with `ticket` as a cookie."""

    url: str
    ticket: str


@dataclass(frozen=True, slots=True)
class Entered:
    """Who it is, and where he wanted to go."""

    actor: Actor
    back_to: str


@dataclass(frozen=True, slots=True)
class Unnamed:
    """Somebody new, who may choose a name: ask him, and come back with `ticket`."""

    username: str
    ticket: str
    back_to: str


class Oidc:
    """Every method raises PRECONDITION unless people sign in this way, and UNAVAILABLE of the provider."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        decisions: Decisions,
        configuration: Configuration,
        cipher: Cipher,
        provider: OidcProvider | None,
    ) -> None:
        self._database = database
        self._decisions = decisions
        self._configuration = configuration
        self._tickets = Tickets(cipher, clock)
        self._tokens = IdTokens(provider, clock)
        self._accounts = Accounts(database, configuration)
        self._external = External(database, clock, configuration)

    async def start(self, callback: str, back_to: str) -> Start:
        """`callback` is our URL the provider sends the browser back to."""
        values = await self._values()
        info = await self._tokens.info(_place(values))
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        ticket = self._tickets.started(Started(state, nonce, verifier, callback, back_to))
        query = {
            **msgspec.json.decode(values.oidc_extra_redirect_parms or "{}", type=dict[str, str]),
            "response_type": "code",
            "client_id": values.oidc_client_id,
            "redirect_uri": callback,
            "scope": _scope(values),
            "state": state,
            "nonce": nonce,
            "code_challenge": _challenge(verifier),
            "code_challenge_method": "S256",
        }
        separator = "&" if "?" in info.authorization_endpoint else "?"
        url = f"{info.authorization_endpoint}{separator}{urlencode(query)}"
        return Start(url, ticket)

    async def finish(self, ticket: str, state: str, code: str) -> Entered | Unnamed:
        """The browser is back. Raises BAD_REQUEST when it is another browser, or the provider refuses the code;
        UNAUTHORIZED for a token that is not good; CONFLICT when a newcomer's name is taken.
        """
        values = await self._values()
        started = self._tickets.read_started(ticket)
        if started is None or not hmac.compare_digest(started.state.encode(), state.encode()):
            raise Failure(Code.BAD_REQUEST, reason="State mismatch: sign in again")
        person = await self._person(values, started, code)
        user = await self._external.find(person)
        if user is None and not values.oidc_auto_onboard:
            sealed = self._tickets.newcomer(Newcomer(person, started.back_to))
            return Unnamed(person.username, sealed, started.back_to)
        return Entered(await self._actor(await self._external.admit(person)), started.back_to)

    async def onboard(self, ticket: str, username: str) -> Entered:
        """A newcomer's name. Raises BAD_REQUEST for one he cannot have, CONFLICT when it is taken."""
        await self._values()
        newcomer = self._tickets.read_newcomer(ticket)
        if newcomer is None:
            raise Failure(Code.BAD_REQUEST, reason="Failed to get OIDC user info from session: sign in again")
        user = await self._external.find(newcomer.person)
        if user is None:
            user = await self._external.enrol(newcomer.person, username)
        return Entered(await self._actor(user), newcomer.back_to)

    async def actor_of(self, id_token: str) -> Actor:
        """Who shows an ID token in place of a password. Raises UNAUTHORIZED, also for who is no user here."""
        values = await self._configuration.values()
        if values.auth_mode != "oidc_auth" or not values.oidc_endpoint or not values.oidc_client_id:
            raise Failure(Code.UNAUTHORIZED)
        claims = await self._tokens.verified(_place(values), values.oidc_client_id, id_token)
        found = await identities.of_subject(self._database.lookup, "oidc", subject_of(claims))
        if found is None:
            raise Failure(Code.UNAUTHORIZED)
        await self._external.refresh(found.user, person_of(Reading.of(values), claims, {}))
        return await self._actor(found.user)

    async def knows(self, principal: str) -> bool:
        """Does the provider know this one's password, rather than we? (Then ours need not be asked for.)"""
        if (await self._configuration.values()).auth_mode != "oidc_auth":
            return False
        lookup = self._database.lookup
        account = await self._accounts.named(principal)
        return account is None or await identities.get(lookup, account.actor.id) is not None

    async def farewell(self, back_to: str) -> str:
        """Where a browser goes whose session has ended: to the provider, to end the one there, if configured so."""
        values = await self._values()
        if not values.oidc_logout:
            return back_to
        info = await self._tokens.info(_place(values))
        if not info.end_session_endpoint:
            return back_to
        query = {"client_id": values.oidc_client_id, "post_logout_redirect_uri": back_to}
        return f"{info.end_session_endpoint}?{urlencode(query)}"

    async def ping(self, actor: Actor, endpoint: str, *, verify: bool) -> None:
        """Is there a provider? In any mode; for administrators. Raises BAD_REQUEST when there is none."""
        await self._decisions.require(actor, "configuration", "update")
        try:
            await self._tokens.provider.discover(endpoint, verify=verify)
        except Failure as failure:
            reason = f"failed to verify connection: {failure.message()}"
            raise Failure(Code.BAD_REQUEST, reason=reason) from failure

    async def _person(self, values: Values, started: Started, code: str) -> Person:
        place, provider = _place(values), self._tokens.provider
        info = await self._tokens.info(place)
        exchange = CodeExchange(
            client_id=values.oidc_client_id,
            client_secret=await self._configuration.secret("oidc_client_secret"),
            code=code,
            verifier=started.verifier,
            redirect_uri=started.callback,
        )
        tokens = await provider.exchange(info, exchange, verify=place.verify)
        claims = await self._tokens.verified(place, values.oidc_client_id, tokens.id_token)
        if not hmac.compare_digest(str(claims.get("nonce")).encode(), started.nonce.encode()):
            raise Failure(Code.UNAUTHORIZED)
        said = await self._userinfo(info, tokens.access_token, verify=place.verify)
        if said and said.get("sub") != claims["sub"]:
            raise Failure(Code.UNAUTHORIZED)
        return person_of(Reading.of(values), claims, said)

    async def _userinfo(self, info: ProviderInfo, access_token: str, *, verify: bool) -> dict[str, object]:
        """Empty when the provider has no more to say than the ID token does."""
        if not info.userinfo_endpoint or not access_token:
            return {}
        try:
            return dict(await self._tokens.provider.userinfo(info, access_token, verify=verify))
        except Failure:
            return {}

    async def _actor(self, user: int) -> Actor:
        account = await self._accounts.user(user)
        if account is None:
            raise Failure(Code.UNAUTHORIZED)
        return account.actor

    async def _values(self) -> Values:
        values = await self._configuration.values()
        if values.auth_mode != "oidc_auth":
            raise Failure(Code.PRECONDITION, "auth_mode_other", mode=values.auth_mode, wanted="oidc_auth")
        return values


def _place(values: Values) -> Place:
    if not values.oidc_endpoint or not values.oidc_client_id:
        raise Failure(Code.PRECONDITION, reason="oidc_endpoint and oidc_client_id are not configured")
    return Place(values.oidc_endpoint, values.oidc_verify_cert)


def _scope(values: Values) -> str:
    scopes = [scope.strip() for scope in values.oidc_scope.split(",") if scope.strip()]
    return " ".join(dict.fromkeys(["openid", *scopes]))


def _challenge(verifier: str) -> str:
    """RFC 7636, section 4.2."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
