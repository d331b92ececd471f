"""Which addresses may be connected to."""

import pytest

from kangaroo.base.addresses import AddressPolicy
from kangaroo.base.errors import Failure
from kangaroo.remote.opening import open_remote
from kangaroo.remote.options import Options
from kangaroo.remote.values import Kind

DEFAULT = AddressPolicy()


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::1", "10.1.2.3", "192.168.1.1", "fd12::1", "8.8.8.8", "2606:4700::1"]
)
def test_registries_live_there(address: str):
    assert DEFAULT.allows(address)


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.0.1",
        "fe80::1",
        "fe80::1%eth0",
        "::ffff:169.254.169.254",
        "64:ff9b::169.254.169.254",
        "2002:a9fe:a9fe::1",
        "fd00:ec2::254",
        "100.100.100.200",
        "224.0.0.1",
        "255.255.255.255",
        "ff02::1",
    ],
)
def test_nothing_good_comes_from_there(address: str):
    assert not DEFAULT.allows(address)


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "::ffff:10.0.0.1", "0.0.0.0", "127.0.0.1", "fd00::1", "::", "::1"]
)
def test_networks_of_the_operator(address: str):
    policy = AddressPolicy.parse(["10.0.0.0/8", " 127.0.0.0/8", "fd00::/8", "::1", ""])
    assert not policy.allows(address)
    assert policy.allows("192.168.0.1")


async def test_a_certificate_that_is_none():
    registry = open_remote(Kind.HARBOR, "https://127.0.0.1:1", None, Options(authorities="no PEM"))
    with pytest.raises(Failure) as caught:
        await registry.probe()
    assert caught.value.facts["field"] == "CA certificate"
