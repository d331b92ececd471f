"""Kubeconfigs are read strictly: whatever would act on this server is refused with the entry that would."""

import base64
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.errors import Code, Failure
from kangaroo.kube import kubeconfig
from kangaroo.kube.kubeconfig import Kubeconfig, parse
from tests.remote.authority import Authority


def encoded(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def document(authority: Authority, cluster: object = None, user: object = None, **top: object) -> str:
    """A good one, with other entries."""
    good = {"server": "https://api.example.com:6443", "certificate-authority-data": encoded(authority.pem)}
    found = {
        "apiVersion": "v1",
        "kind": "Config",
        "preferences": {},
        "clusters": [{"name": "c", "cluster": {**good, **(cluster or {})}}],
        "users": [{"name": "u", "user": {"token": "secret"} if user is None else user}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
        **top,
    }
    return yaml.safe_dump(found)


def pair(authority: Authority) -> dict[str, str]:
    issued = authority.issue_client("me", "us")
    return {
        "client-certificate-data": encoded(issued.certificate.read_bytes()),
        "client-key-data": encoded(issued.key.read_bytes()),
    }


def test_token(authority):
    found = parse(document(authority))
    assert found == Kubeconfig(
        server="https://api.example.com:6443", authority=authority.pem, user="u", token="secret"
    )
    assert Kubeconfig.from_json(found.to_json()) == found
    assert "secret" not in repr(found)


def test_client_certificate(authority):
    found = parse(document(authority, user=pair(authority)))
    assert found.certificate.startswith("-----BEGIN CERTIFICATE")
    assert "PRIVATE KEY" in found.key
    assert "PRIVATE" not in repr(found)


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("https://h", "https://h:443"),
        ("https://h/k8s/clusters/c-1/", "https://h:443/k8s/clusters/c-1"),
        ("https://10.0.0.1:6443", "https://10.0.0.1:6443"),
        ("https://[2001:db8::1]:6443", "https://[2001:db8::1]:6443"),
    ],
)
def test_servers(authority, given_, kept):
    assert parse(document(authority, {"server": given_})).server == kept


def test_what_does_nothing_is_let_be(authority):
    harmless = {"insecure-skip-tls-verify": False, "proxy-url": "", "extensions": [], "tls-server-name": "k"}
    assert parse(document(authority, harmless)).tls_name == "k"
    assert parse(document(authority, user={"token": "t", "exec": None})).token == "t"
    assert parse(document(authority, {"certificate-authority-data": ""})).authority == ""


def test_other_contexts_do_not_count(authority):
    users = [{"name": "u", "user": {"token": "t"}}, {"name": "v", "user": {"exec": {"command": "rm"}}}]
    found = parse(document(authority, users=users))
    assert found.token == "t"
    assert "command" not in found.to_json()


@pytest.mark.parametrize(
    ("user", "named"),
    [
        ({"exec": {"command": "sh", "args": ["-c", "id"]}}, "exec: it would run a program"),
        ({"token": "t", "exec": {"command": "sh"}}, "exec"),
        ({"tokenFile": "/etc/shadow"}, "tokenFile: it names a file"),
        ({"auth-provider": {"name": "gcp"}}, "auth-provider"),
        ({"client-certificate": "/a", "client-key": "/b"}, "client-certificate: it names a file"),
        ({"username": "admin", "password": "x"}, "Kubernetes knows no passwords"),
        ({"token": "t", "as": "root"}, "as: impersonation"),
        ({"token": "t", "as-groups": ["system:masters"]}, "as-groups"),
        ({"token": "t", "new-in-1.99": 1}, "new-in-1.99: unknown entry"),
        ({"token": "t\r\nX-Remote-User: root"}, "token: printable"),
        ({"token": ["t"]}, "token: a text"),
        ({"client-certificate-data": "AAAA"}, "go together"),
        ({"client-certificate-data": "AAAA", "client-key-data": "AAAA"}, "base64|PEM"),
        ({"client-certificate-data": "!", "client-key-data": "!"}, "base64"),
        ({}, "give a token"),
    ],
)
def test_refused_users(authority, user, named):
    refused(document(authority, user=user), named)


@pytest.mark.parametrize(
    ("cluster", "named"),
    [
        ({"certificate-authority": "/etc/passwd"}, "certificate-authority: it names a file"),
        ({"insecure-skip-tls-verify": True}, "insecure-skip-tls-verify"),
        ({"insecure-skip-tls-verify": "yes"}, "insecure-skip-tls-verify"),
        ({"proxy-url": "http://evil:3128"}, "proxy-url"),
        ({"server": "http://api:6443"}, "use https"),
        ({"server": "https://user:pw@api"}, "without user"),
        ({"server": "https://api?x=1"}, "query"),
        ({"server": "https://api:99999"}, "not a URL"),
        ({"server": "https://0x7f000001"}, "not a URL"),
        ({"server": "https://127.1"}, "not a URL"),
        ({"server": "https://api/../x"}, "path"),
        ({"server": "unix:///var/run/x"}, "use https"),
        ({"server": 5}, "a text"),
        ({"server": ""}, "use https"),
        ({"certificate-authority-data": "AAAA"}, "certificate-authority-data"),
        ({"tls-server-name": "a b"}, "tls-server-name"),
        ({"unknown": 1}, "unknown entry"),
    ],
)
def test_refused_clusters(authority, cluster, named):
    refused(document(authority, cluster), named)


@pytest.mark.parametrize(
    ("top", "named"),
    [
        ({"current-context": ""}, "current-context"),
        ({"current-context": "y"}, "contexts: there is none named 'y'"),
        ({"contexts": {}}, "contexts: a list"),
        ({"contexts": [{"name": "x", "context": {"cluster": "d", "user": "u"}}]}, "clusters: there is none"),
        ({"contexts": [{"name": "x", "context": {"cluster": "c"}}]}, "users: there is none"),
        ({"users": [{"name": "u", "user": {"token": "a"}}, {"name": "u", "user": {}}]}, "several"),
        ({"users": [{"name": "u", "user": "t"}]}, "entries are expected"),
        ({"kind": "Secret"}, "not a kubeconfig"),
        ({"other": 1}, "unknown entry"),
    ],
)
def test_refused_documents(authority, top, named):
    refused(document(authority, **top), named)


@pytest.mark.parametrize(
    "text",
    ["", "- 1", "a: [", "!!python/object/apply:os.system [id]", "\0", "[" * 50_000, "a: &a [*a]", "1: 2"],
)
def test_other_texts(text):
    refused(text, "")


def test_size(authority):
    refused(document(authority) + "#" * kubeconfig.LARGEST, "larger than 128 KiB")


def test_a_key_of_another_certificate(authority):
    mixed = {**pair(authority), "client-key-data": pair(authority)["client-key-data"]}
    refused(document(authority, user=mixed), "not that of the client certificate")


def refused(text: str, named: str) -> None:
    with pytest.raises(Failure) as refusal:
        parse(text)
    assert refusal.value.code is Code.INVALID_FIELD
    assert refusal.value.facts["field"] == "kubeconfig"
    assert any(word in refusal.value.facts["reason"] for word in named.split("|")), refusal.value


@given(st.text())
def test_any_text_is_refused_or_read(text):
    only_refusals(text)


_TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "name",
                    "cluster",
                    "user",
                    "context",
                    "server",
                    "token",
                    "clusters",
                    "users",
                    "contexts",
                    "exec",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "clusters": _TREES,
            "users": _TREES,
            "contexts": _TREES,
            "current-context": st.sampled_from(["a", "", None, 1]),
        },
    )
)
def test_any_document_is_refused_or_read(tree):
    only_refusals(yaml.safe_dump(tree))


def only_refusals(text: str) -> None:
    try:
        found = parse(text)
    except Failure as failure:
        assert failure.code is Code.INVALID_FIELD
    else:
        assert found.server.startswith("https://")


def test_no_file_is_read(authority, tmp_path: Path):
    """The entry is refused before anybody looks whether the file is there."""
    here = tmp_path / "token"
    here.write_text("t")
    refused(document(authority, user={"tokenFile": str(here)}), "tokenFile")
