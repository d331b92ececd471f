"""Names of instances, parsed at the door: they stand in paths, in names of secrets and of Kubernetes objects."""

import re

from kangaroo.base.errors import Code, Failure

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1123
_RESERVED = frozenset({"summary"})  # a word of the API stands where a name would


class InstanceName(str):
    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> "InstanceName":
        if not _LABEL.fullmatch(text) or text in _RESERVED:
            raise Failure(Code.NAME_INVALID, "instance_name_invalid", name=text[:80])
        return cls(text)


BUILT_IN = InstanceName("kangaroo")  # the registry this program is itself
