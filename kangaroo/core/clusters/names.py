"""Names of clusters and of what is in them, parsed at the door: they stand in paths of ours and of theirs."""

import re

from kangaroo.base.errors import Code, Failure

_LABEL = re.compile(
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
)  # RFC 1123; namespaces of Kubernetes are the same


class ClusterName(str):
    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> "ClusterName":
        if not _LABEL.fullmatch(text):
            raise Failure(Code.NAME_INVALID, "cluster_name_invalid", name=text[:80])
        return cls(text)


class NamespaceName(str):
    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> "NamespaceName":
        if not _LABEL.fullmatch(text):
            reason = f"{text[:80]!r} is no name of a namespace"
            raise Failure(Code.INVALID_FIELD, field="namespace", reason=reason)
        return cls(text)
