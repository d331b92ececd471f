"""Names in paths: routed as they were sent, decoded here.

A repository's slashes are encoded twice (`a/b` → `a%252Fb`), or once where a proxy or client took one layer off;
an id stands where a name may, unless the header X-Is-Resource-Name says that the digits are a name.
"""

import re
from urllib.parse import unquote

from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName, Reference, RepositoryName, parse_reference

_ID = re.compile(r"[0-9]{1,18}")
_TRUE = frozenset({"true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled"})


def is_true(header: str | None) -> bool:
    """As Harbor's server reads booleans (go-openapi/swag `ConvertBool`)."""
    return header is not None and header.lower() in _TRUE


def project_ref(text: str, resource_name: str | None) -> ProjectName | int | None:
    """A name or an id; None when it can be neither. `resource_name` is the header."""
    if _ID.fullmatch(text) and not is_true(resource_name):
        return int(text)
    try:
        return ProjectName.parse(decoded(text))
    except Failure:
        return None


def repository_name(project: ProjectName, text: str) -> RepositoryName:
    """`text` is what follows the project. Raises REPOSITORY_UNKNOWN for what no repository can be called."""
    name = f"{project}/{decoded(text)}"
    try:
        return RepositoryName.parse(name)
    except Failure as error:
        raise Failure(Code.REPOSITORY_UNKNOWN, repository=name[:255]) from error


def reference(repository: RepositoryName, text: str) -> Reference:
    """A tag or a digest. Raises MANIFEST_UNKNOWN for what can be neither."""
    plain = decoded(text)
    try:
        return parse_reference(plain)
    except Failure as error:
        raise Failure(Code.MANIFEST_UNKNOWN, reference=plain[:160], repository=repository) from error


def decoded(text: str) -> str:
    """Without its one or two layers of encoding; no name has a percent sign of its own."""
    once = unquote(text)
    return unquote(once) if "%" in once else once
