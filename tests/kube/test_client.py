"""What a cluster is asked, and what its answers and failures become; against a real API server."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from kangaroo.base.addresses import AddressPolicy
from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.kube.client import HttpClusterClient, Limits, path_of
from kangaroo.kube.contract import (
    CONFIG_MAP,
    NAMESPACE,
    NODE,
    SECRET,
    SERVICE_ACCOUNT,
    Kind,
    Operation,
    Refused,
    Selection,
)
from kangaroo.kube.kubeconfig import Kubeconfig, parse
from tests.kube.cluster import Cluster
from tests.remote.authority import Authority


@pytest.fixture
async def client(shared_cluster: Cluster) -> AsyncIterator[HttpClusterClient]:
    made = HttpClusterClient(parse(shared_cluster.kubeconfig()))
    yield made
    await made.close()


@pytest.fixture
def place(shared_cluster: Cluster) -> str:
    return shared_cluster.namespace()


async def refusal(action: object) -> Refused:
    with pytest.raises(Refused) as refused:
        await action  # type: ignore[misc]
    return refused.value


def secret(place: str, name: str = "one", value: str = "1") -> dict[str, object]:
    return {"metadata": {"name": name, "namespace": place}, "stringData": {"value": value}}


async def test_applied(client, place):
    first = await client.apply(SECRET, secret(place))
    again = await client.apply(SECRET, secret(place))
    assert again["metadata"]["resourceVersion"] == first["metadata"]["resourceVersion"]
    changed = await client.apply(SECRET, secret(place, value="2"))
    assert changed["data"] == {"value": "Mg=="}
    found = await client.get(SECRET, "one", place)
    assert found["metadata"]["managedFields"][0]["manager"] == "kangaroo"
    await client.apply(SECRET, secret(place, "dry"), dry_run=True)
    assert (await refusal(client.get(SECRET, "dry", place))).word == "NotFound"


async def test_another_owner_is_named(client, place, shared_cluster):
    await client.apply(SECRET, secret(place))
    other = {"metadata": {"name": "one"}, "data": {"value": "Mw=="}}
    path = f"/api/v1/namespaces/{place}/secrets/one?fieldManager=somebody&force=true"
    body = {"apiVersion": "v1", "kind": "Secret", **other}
    await asyncio.to_thread(shared_cluster.call, "PATCH", path, body, form="application/apply-patch+yaml")
    mine = {"metadata": {"name": "one", "namespace": place}, "data": {"value": "MQ=="}}
    refused = await refusal(client.apply(SECRET, mine))
    assert (refused.code, refused.word) == (Code.CONFLICT, "Conflict")
    assert "somebody" in refused.causes[0].message
    assert refused.causes[0].field == ".data.value"
    assert (await client.apply(SECRET, mine, force=True))["data"] == {"value": "MQ=="}


async def test_created_patched_deleted(client, place):
    made = await client.create(SECRET, secret(place))
    refused = await refusal(client.create(SECRET, secret(place)))
    assert (refused.code, refused.word) == (Code.CONFLICT, "AlreadyExists")
    steps = [
        Operation("test", "/metadata/resourceVersion", made["metadata"]["resourceVersion"]),
        Operation("add", "/metadata/labels", {"a": "b"}),
        Operation("remove", "/data/value"),
    ]
    patched = await client.patch(SECRET, "one", place, steps)
    assert patched["metadata"]["labels"] == {"a": "b"}
    refused = await refusal(client.patch(SECRET, "one", place, steps))
    assert (refused.code, refused.word) == (Code.INVALID_FIELD, "Invalid")
    refused = await refusal(client.delete(SECRET, "one", place, uid="another"))
    assert (refused.code, refused.word) == (Code.CONFLICT, "Conflict")
    await client.delete(SECRET, "one", place, uid=made["metadata"]["uid"])
    assert (await refusal(client.delete(SECRET, "one", place))).code is Code.NOT_FOUND


async def test_lists_of_many_pages(client, place, monkeypatch):
    monkeypatch.setattr("kangaroo.kube.client._PAGE", 7)
    names = [f"s-{number:02}" for number in range(30)]
    await asyncio.gather(*(client.create(CONFIG_MAP, named(place, name)) for name in names))
    listing = await client.list(CONFIG_MAP, Selection(place, labels="mine=yes"))
    assert [one["metadata"]["name"] for one in listing.items] == names
    assert listing.items[0]["kind"] == "ConfigMap"
    assert listing.version
    one = await client.list(CONFIG_MAP, Selection(place, fields="metadata.name=s-03"))
    assert len(one.items) == 1
    assert await client.count(CONFIG_MAP) >= 30


def named(place: str, name: str) -> dict[str, object]:
    return {"metadata": {"name": name, "namespace": place, "labels": {"mine": "yes"}}}


async def test_the_cluster(client):
    assert (await client.version()).startswith("v1.")
    assert await client.count(NODE) == 0
    assert await client.count(NAMESPACE) >= 4


async def test_a_status_is_apart(client, place):
    await client.apply(CONFIG_MAP, named(place, "x"))
    phase = {"metadata": {"name": place}, "status": {"phase": "Active"}}
    assert (await client.apply_status(NAMESPACE, phase))["status"]["phase"] == "Active"


async def test_refusals(client, place):
    nobody = Kind("nobody.example.com", "v1", "None", "nones")
    assert (await refusal(client.list(nobody))).code is Code.NOT_FOUND
    missing = await refusal(client.create(SECRET, secret("there-is-none")))
    assert (missing.word, missing.kind) == ("NotFound", "namespaces")
    broken = {
        "metadata": {"name": "x", "namespace": place},
        "type": "kubernetes.io/dockerconfigjson",
        "stringData": {".dockerconfigjson": "{"},
    }
    invalid = await refusal(client.create(SECRET, broken))
    assert (invalid.code, invalid.word) == (Code.INVALID_FIELD, "Invalid")
    assert invalid.causes[0].field == "data[.dockerconfigjson]"
    assert (await refusal(client.log("none", place))).code is Code.NOT_FOUND


async def test_a_namespace_that_ends(client, shared_cluster):
    """It is no fault of rights: the cause says so."""
    name = await asyncio.to_thread(shared_cluster.namespace)
    stuck = {"metadata": {"name": "x", "namespace": name, "finalizers": ["example.com/never"]}}
    await client.create(CONFIG_MAP, stuck)
    await client.delete(NAMESPACE, name)
    refused = await refusal(client.create(SECRET, secret(name)))
    assert (refused.code, refused.word) == (Code.FORBIDDEN, "Forbidden")
    assert refused.causes[0].reason == "NamespaceTerminating"
    await client.patch(CONFIG_MAP, "x", name, [Operation("remove", "/metadata/finalizers")])


async def test_forbidden(shared_cluster):
    text = await asyncio.to_thread(shared_cluster.kubeconfig_of, "nothing", [])
    poor = HttpClusterClient(parse(text))
    refused = await refusal(poor.list(SECRET))
    assert (refused.code, refused.word, refused.kind) == (Code.FORBIDDEN, "Forbidden", "secrets")
    assert "system" not in await poor.version()
    await poor.close()


async def test_by_certificate(shared_cluster):
    certified = HttpClusterClient(parse(shared_cluster.kubeconfig_by_certificate()))
    assert await certified.count(NAMESPACE) >= 4
    await certified.close()


async def test_watched(client, place):
    which = Selection(place)
    version = (await client.list(SECRET, which)).version
    seen = []

    async def follow() -> None:
        async for change in client.watch(SECRET, which, version, seconds=20):
            seen.append((change.type, change.object["metadata"].get("name", "")))
            if change.type == "BOOKMARK" and len(seen) == 1:
                await client.apply(SECRET, secret(place))
                await client.apply(SECRET, secret(place, value="2"))
                await client.delete(SECRET, "one", place)
            if change.type == "DELETED":
                return

    await asyncio.wait_for(follow(), 20)
    assert [one for one in seen if one[0] != "BOOKMARK"] == [
        ("ADDED", "one"),
        ("MODIFIED", "one"),
        ("DELETED", "one"),
    ]


async def test_a_watch_ends_in_time(client, place):
    version = (await client.list(SECRET, Selection(place))).version
    changes = [one async for one in client.watch(SECRET, Selection(place), version, seconds=1)]
    assert {one.type for one in changes} == {"BOOKMARK"}


async def failed(kubeconfig: Kubeconfig, addresses: AddressPolicy | None = None) -> InstanceFailure:
    limits = Limits(connect_seconds=1.0, answer_seconds=1.0)
    client = HttpClusterClient(kubeconfig, addresses, limits)
    try:
        with pytest.raises(InstanceFailure) as failure:
            await client.version()
    finally:
        await client.close()
    assert failure.value.message("zh")
    assert failure.value.remedy("en")
    return failure.value


async def test_clusters_that_cannot_be_used(shared_cluster, tmp_path):
    good = parse(shared_cluster.kubeconfig())
    other = Authority(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        cases = {
            Reason.UNAUTHORIZED: replace(good, token="wrong"),
            Reason.TLS_UNKNOWN_CA: replace(good, authority=other.pem),
            Reason.TLS_NAME_MISMATCH: replace(good, tls_name="elsewhere.example.com"),
            Reason.DNS_NOT_FOUND: replace(good, server="https://no-such-host.invalid:6443"),
            Reason.TIMEOUT: replace(good, server=f"https://127.0.0.1:{port}"),
        }
        for reason, kubeconfig in cases.items():
            assert (await failed(kubeconfig)).reason is reason
    assert (
        await failed(replace(good, server=f"https://127.0.0.1:{port}"))
    ).reason is Reason.CONNECTION_REFUSED


@pytest.mark.parametrize(
    ("names", "days", "tls_name", "reason", "said"),
    [
        (("localhost", "10.1.2.3"), 30, "", Reason.TLS_NAME_MISMATCH, "localhost, 10.1.2.3"),
        (
            ("127.0.0.1",),
            30,
            "api.example.com",
            Reason.TLS_NAME_MISMATCH,
            "not for api.example.com but for: 127.0.0.1",
        ),
        (("127.0.0.1",), -2, "", Reason.TLS_EXPIRED, "valid from"),
    ],
)
async def test_certificates_that_are_refused(tmp_path, names, days, tls_name, reason, said):
    """What is wrong with them is told with what stands in them."""
    authority = Authority(tmp_path)
    context = authority.issue(*names, days=days).context()
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        kubeconfig = Kubeconfig(
            server=f"https://127.0.0.1:{port}", authority=authority.pem, token="any", tls_name=tls_name
        )
        failure = await failed(kubeconfig)
    assert failure.reason is reason
    assert said in failure.message()


async def test_denied_addresses(shared_cluster):
    good = parse(shared_cluster.kubeconfig())
    failure = await failed(good, AddressPolicy.parse(["127.0.0.0/8"]))
    assert failure.reason is Reason.ADDRESS_FORBIDDEN
    metadata = replace(good, server="https://169.254.169.254:443")
    assert (await failed(metadata)).reason is Reason.ADDRESS_FORBIDDEN


async def test_plain_http(shared_cluster):
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        good = parse(shared_cluster.kubeconfig())
        failure = await failed(replace(good, server=f"https://127.0.0.1:{port}"))
    assert failure.reason is Reason.PROTOCOL


async def test_an_authority_nobody_can_read(shared_cluster):
    client = HttpClusterClient(replace(parse(shared_cluster.kubeconfig()), authority="no PEM"))
    with pytest.raises(Failure) as failure:
        await client.version()
    assert failure.value.code is Code.INVALID_FIELD
    await client.close()


def test_paths():
    assert path_of(SECRET, "a", "b") == "/api/v1/namespaces/a/secrets/b"
    assert path_of(NAMESPACE, "ignored", "b") == "/api/v1/namespaces/b"
    assert path_of(SERVICE_ACCOUNT, "") == "/api/v1/serviceaccounts"
    assert path_of(SECRET, "..", "x/../y") == "/api/v1/namespaces/%2E%2E/secrets/x%2F..%2Fy"
