"""Commands people paste into a shell."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.core.workspaces.commands import Endpoint, Pass, commands

ONE = Pass("robot$login-1-abc", "Secret123")
CA = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"


def test_a_trusted_registry_needs_no_trust_step():
    told = commands(Endpoint.of("https://registry.example.com"), ONE, "space/image:tag")
    assert told.trust == {}
    assert told.login["docker"] == (
        "printf %s Secret123 | docker login registry.example.com -u 'robot$login-1-abc' --password-stdin"
    )
    assert "robot$login-1-abc:Secret123" in told.login["containerd"]
    assert told.login["containerd"].endswith("registry.example.com/space/image:tag")
    assert set(told.login) == {"docker", "podman", "nerdctl", "containerd", "skopeo", "helm"}


def test_a_private_authority():
    told = commands(Endpoint.of("https://10.0.0.1:8443", CA), ONE, "space/image:tag")
    assert "/etc/docker/certs.d/10.0.0.1:8443/ca.crt" in told.trust["docker"]
    assert CA in told.trust["docker"]
    assert 'ca = "/etc/containerd/certs.d/10.0.0.1:8443/ca.crt"' in told.trust["containerd"]
    assert "--ca-file" in told.login["helm"]
    assert "--tls-verify" not in told.login["skopeo"]


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        (Endpoint.of("http://localhost:5000"), {"helm": "--plain-http", "containerd": "--plain-http"}),
        (Endpoint.of("https://old", insecure=True), {"helm": "--insecure", "containerd": "--skip-verify"}),
    ],
)
def test_what_cannot_be_verified(endpoint, words):
    told = commands(endpoint, ONE, "space/image:tag")
    assert "insecure-registries" in told.trust["docker"]
    assert "--tls-verify=false" in told.login["podman"]
    assert "--tls-verify=false" in told.login["skopeo"]
    for tool, word in words.items():
        assert word in told.login[tool]


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
def test_every_secret_survives_the_shell(secret):
    told = commands(Endpoint.of("https://r"), Pass("robot$a", secret), "a/b:c")
    assert shlex.split(told.login["skopeo"])[2] == secret
    assert shlex.split(told.login["containerd"])[4] == f"robot$a:{secret}"
