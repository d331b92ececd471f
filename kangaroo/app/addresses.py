"""Every name and address this machine is reached by, for its certificate."""

import ctypes
import ipaddress
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from kangaroo.base.errors import Code, Failure
from kangaroo.base.settings import Settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_RESOLVER_SECONDS = 1.0
_ASK_FULL_NAME = "import socket; print(socket.getfqdn())"


def host_names(settings: Settings) -> list[str]:
    """Names and addresses of this host, of its interfaces, and those of the settings; sorted, as text.

    Raises INVALID_FIELD.
    """
    names = {"localhost", socket.gethostname(), _full_name(), urlsplit(settings.external_url).hostname or ""}
    names.update(name.strip() for name in settings.tls_names.split(","))
    addresses = {str(address) for address in interface_addresses()}
    return sorted({_canonical(name) for name in names | addresses if name})


def as_address(name: str) -> Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def interface_addresses() -> Iterable[Address]:
    """Without link-local ones, which no client can write into a URL."""
    loopback: list[Address] = [ipaddress.IPv4Address("127.0.0.1"), ipaddress.IPv6Address("::1")]
    return {*loopback, *(address for address in _getifaddrs() if not address.is_link_local)}


def main_address() -> str:
    """The one other machines most likely use, as it stands in a URL."""
    outward = sorted(
        (address for address in interface_addresses() if not address.is_loopback),
        key=lambda address: (address.version, address.packed),
    )
    if not outward:
        return "localhost"
    return f"[{outward[0]}]" if outward[0].version == 6 else str(outward[0])


def _canonical(name: str) -> str:
    """One spelling for each: a certificate's names are compared as text."""
    address = as_address(name.strip("[]"))
    if address is None and not name.isascii():
        reason = f"{name} is not a host name or address (write it in its xn-- form)"
        raise Failure(Code.INVALID_FIELD, field="--tls-names", reason=reason)
    return str(address) if address else name.lower().rstrip(".")


def _full_name() -> str:
    """Asked in a process of its own, because a resolver that does not answer would hold up the start."""
    asking = [sys.executable, "-I", "-S", "-c", _ASK_FULL_NAME]
    try:
        answer = subprocess.run(  # noqa: S603 - our own words
            asking, capture_output=True, text=True, timeout=_RESOLVER_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return ""
    return answer.stdout.strip()


class _SockAddr(ctypes.Structure):
    _fields_ = (("family", ctypes.c_ushort), ("data", ctypes.c_ubyte * 26))


class _IfAddrs(ctypes.Structure):
    pass


_IfAddrs._fields_ = (
    ("next", ctypes.POINTER(_IfAddrs)),
    ("name", ctypes.c_char_p),
    ("flags", ctypes.c_uint),
    ("address", ctypes.POINTER(_SockAddr)),
)  # the fields that follow are not read


def _getifaddrs() -> Iterator[Address]:
    """getifaddrs(3), which the standard library does not offer."""
    libc = ctypes.CDLL(None, use_errno=True)
    first = ctypes.POINTER(_IfAddrs)()
    if libc.getifaddrs(ctypes.byref(first)) != 0:
        return
    try:
        entry = first
        while entry:
            pointer = entry.contents.address
            if pointer and (address := _address(pointer.contents)):
                yield address
            entry = entry.contents.next
    finally:
        libc.freeifaddrs(first)


def _address(raw: _SockAddr) -> Address | None:
    data = bytes(raw.data)
    if raw.family == socket.AF_INET:
        return ipaddress.IPv4Address(data[2:6])
    if raw.family == socket.AF_INET6:
        return ipaddress.IPv6Address(data[6:22])
    return None
