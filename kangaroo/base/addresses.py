"""Where we connect to, and where never: a URL given by a tenant must not open doors only this server stands behind.

The check is made on each address a socket is about to connect to, after names were resolved, for every hop of a
redirect: a name that changes its address between check and use gains nothing.

Loopback and private networks are allowed by default, because registries live there; addresses through which clouds
hand out credentials are not.
"""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from kangaroo.base.errors import Code, Failure

Network = IPv4Network | IPv6Network

ALWAYS_DENIED = (
    "169.254.0.0/16",  # link-local, with the metadata service of most clouds
    "fe80::/10",
    "fd00:ec2::254/128",  # metadata: AWS
    "fd20:ce::254/128",  # Google
    "100.100.100.200/32",  # Alibaba
    "168.63.129.16/32",  # Azure
    "192.0.0.192/32",  # Oracle
    "224.0.0.0/4",  # multicast and what lies above
    "240.0.0.0/4",
    "ff00::/8",
)
_LOOPBACK: dict[int, IPv4Address | IPv6Address] = {4: IPv4Address("127.0.0.1"), 6: IPv6Address("::1")}
_NAT64 = IPv6Network("64:ff9b::/96")
AddressInfo = tuple[int, int, int, str, tuple[Any, ...]]


class AddressForbidden(OSError):
    """Raised where a socket would connect. An OSError, so that another address of the same name is tried."""

    def __init__(self, address: str) -> None:
        super().__init__("forbidden address")
        self.address = address


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """`denied`: networks of the operator, beside those always denied."""

    denied: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, networks: Iterable[str]) -> "AddressPolicy":
        """Raises INVALID_FIELD."""
        try:
            return cls(tuple(ip_network(text.strip(), strict=False) for text in networks if text.strip()))
        except ValueError as error:
            raise Failure(Code.INVALID_FIELD, field="denied networks", reason=str(error)) from error

    def allows(self, address: str) -> bool:
        found = _meant(ip_address(address))
        return not any(
            found in network for network in (*_always(), *self.denied) if network.version == found.version
        )

    def socket(self, info: AddressInfo) -> socket.socket:
        """For aiohttp: called with each address before it connects there. Raises AddressForbidden."""
        family, kind, protocol, _, where = info
        if family in (socket.AF_INET, socket.AF_INET6) and not self.allows(where[0]):
            raise AddressForbidden(where[0])
        return socket.socket(family=family, type=kind, proto=protocol)


@cache
def _always() -> tuple[Network, ...]:
    return tuple(map(ip_network, ALWAYS_DENIED))


def _meant(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Where it leads: to the IPv4 address that an IPv6 one stands for; to this host, where it says nothing."""
    if isinstance(address, IPv6Address):
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
        address = address.ipv4_mapped or address.sixtofour or address
    if address.is_unspecified:
        return _LOOPBACK[address.version]
    return address
