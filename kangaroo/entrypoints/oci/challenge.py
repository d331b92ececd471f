"""How a client is told to log in (Docker registry token authentication; harbor-compatible realm and service)."""

from kangaroo.entrypoints.http.asgi import Request

SERVICE = "harbor-registry"
_ACTIONS = {"GET": "pull", "HEAD": "pull", "DELETE": "delete"}


def challenge(request: Request, external_url: str, repository: str, *, insufficient: str = "") -> str:
    """The WWW-Authenticate header: Basic to who tried Basic or wants the catalog, Bearer to everybody else.

    `insufficient` says what the token that came does not allow (RFC 6750, 3.1): docker shows it. Clients that are not
    told try the same again; containerd 1.6 hangs in it.
    """
    authorization = request.header(b"authorization") or ""
    if authorization[:6].lower() == "basic " or request.path == "/v2/_catalog":
        return 'Basic realm="harbor"'
    base = external_url or f"{request.scope['scheme']}://{request.header(b'host') or ''}"
    scopes = []
    if repository:
        scopes.append(f"repository:{repository}:{_ACTIONS.get(request.method, 'pull,push')}")
        source = request.query().get("from")
        if request.method == "POST" and source:
            scopes.append(f"repository:{source[0]}:pull")
    fields = {"realm": f"{base}/service/token", "service": SERVICE, "scope": " ".join(scopes)}
    if insufficient:
        fields |= {"error": "insufficient_scope", "error_description": insufficient}
    return "Bearer " + ",".join(f'{name}="{_quoted(value)}"' for name, value in fields.items() if value)


def _quoted(text: str) -> str:
    return "".join(character for character in text if character.isprintable() and character not in '"\\')
