"""Which link of the chain to a registry or a cluster a reason breaks: one look tells the reason, and so the link."""

from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.doctor.links import Link

BREAKS = {
    Reason.DNS_NOT_FOUND: Link.DNS,
    Reason.CONNECTION_REFUSED: Link.CONNECTION,
    Reason.UNREACHABLE: Link.CONNECTION,
    Reason.TIMEOUT: Link.CONNECTION,
    Reason.CONNECTION_LOST: Link.CONNECTION,
    Reason.ADDRESS_FORBIDDEN: Link.CONNECTION,
    Reason.TLS_UNKNOWN_CA: Link.TLS,
    Reason.TLS_NAME_MISMATCH: Link.TLS,
    Reason.TLS_EXPIRED: Link.TLS,
    Reason.TLS_OTHER: Link.TLS,
    Reason.UNAUTHORIZED: Link.LOGIN,
    Reason.VERSION_TOO_OLD: Link.VERSION,
    Reason.NOT_ADMIN: Link.RIGHTS,
    Reason.FORBIDDEN: Link.RIGHTS,
    Reason.UNHEALTHY: Link.PARTS,
    Reason.CLUSTER_RIGHTS: Link.RIGHTS,
    Reason.CLUSTER_ACCOUNTS: Link.RIGHTS,
}


def broken_link(failure: Failure) -> Link:
    """ANSWER for what no other link stands for; LOGIN for a credential that cannot be decrypted."""
    if isinstance(failure, InstanceFailure):
        return BREAKS.get(failure.reason, Link.ANSWER)
    return Link.LOGIN if failure.code is Code.INTERNAL else Link.ANSWER
