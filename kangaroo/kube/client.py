"""One cluster, over its REST API (https://kubernetes.io/docs/reference/using-api/api-concepts/)."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import quote

import aiohttp
import msgspec

from kangaroo.base.addresses import AddressPolicy
from kangaroo.base.errors import Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.kube.connection import FOREIGN, Connection
from kangaroo.kube.contract import ANY, Change, Kind, Listing, Object, Operation, Refused, Selection
from kangaroo.kube.kubeconfig import Kubeconfig
from kangaroo.kube.refusals import EXPIRED, refusal, refused

MANAGER = "kangaroo"
_JSON, _APPLY, _PATCH = "application/json", "application/apply-patch+yaml", "application/json-patch+json"
_PAGE = 500
_LONGEST_VERSION = 100
_TYPES = frozenset({"ADDED", "MODIFIED", "DELETED", "BOOKMARK"})
_TRIES = 3  # of a request that the server has no place for


@dataclass(frozen=True, slots=True)
class Limits:
    """`silence_seconds` is how much longer than asked for a watch may say nothing before it counts as dead."""

    connect_seconds: float = 4.0
    answer_seconds: float = 15.0
    silence_seconds: float = 10.0
    answer_bytes: int = 64 << 20
    event_bytes: int = 16 << 20
    log_bytes: int = 1 << 20
    concurrency: int = 16


class HttpClusterClient:
    """A `ClusterClient`. Watches hold no place among the calls, of which `concurrency` run at once."""

    def __init__(
        self,
        kubeconfig: Kubeconfig,
        addresses: AddressPolicy | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._connection = Connection(kubeconfig, addresses or AddressPolicy())
        self._places = asyncio.Semaphore(self._limits.concurrency)
        self._patient = aiohttp.ClientTimeout(
            total=self._limits.answer_seconds, sock_connect=self._limits.connect_seconds
        )

    async def version(self) -> str:
        found = (await self._call("GET", "/version")).get("gitVersion")
        if not isinstance(found, str) or len(found) > _LONGEST_VERSION:
            raise self._bad("it does not say its version")
        return found

    async def get(self, kind: Kind, name: str, namespace: str = "") -> Object:
        return await self._call("GET", path_of(kind, namespace, name))

    async def list(self, kind: Kind, which: Selection = ANY) -> Listing:
        path, params = path_of(kind, which.namespace), {**_selectors(which), "limit": str(_PAGE)}
        while True:
            try:
                return await self._pages(kind, path, params)
            except Refused as refusal_:
                if refusal_.word != EXPIRED:  # a listing may outlive what it lists
                    raise
                params.pop("limit", None)

    async def count(self, kind: Kind) -> int:
        found = await self._call("GET", path_of(kind, ""), {"limit": "1"})
        left: int = (found.get("metadata") or {}).get("remainingItemCount") or 0
        return len(found.get("items") or ()) + left

    async def watch(
        self, kind: Kind, which: Selection, version: str, *, seconds: float = 30.0
    ) -> AsyncGenerator[Change, None]:
        params = {
            **_selectors(which),
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": version,
            "timeoutSeconds": str(max(1, round(seconds))),
        }
        silence = seconds + self._limits.silence_seconds
        limit = aiohttp.ClientTimeout(sock_connect=self._limits.connect_seconds, sock_read=silence)
        path = path_of(kind, which.namespace)
        try:
            async with self._connection.request(
                "GET", path, params=params, body=None, form=_JSON, limit=limit
            ) as response:
                if response.status != 200:
                    raise refusal(self._connection, response.status, await self._read(response))
                yield Change("BOOKMARK", {"metadata": {"resourceVersion": version}})
                async for line in self._lines(response):
                    yield self._change(line)
        except FOREIGN as error:
            raise await self._connection.failure(error, silence) from error

    async def create(self, kind: Kind, what: Object, *, dry_run: bool = False) -> Object:
        path = path_of(kind, _namespace(kind, what))
        return await self._call("POST", path, _written(dry_run=dry_run), what)

    async def apply(self, kind: Kind, what: Object, *, force: bool = False, dry_run: bool = False) -> Object:
        params = {**_written(dry_run=dry_run), "force": "true" if force else "false"}
        path = path_of(kind, _namespace(kind, what), what["metadata"]["name"])
        return await self._call("PATCH", path, params, _complete(kind, what), form=_APPLY)

    async def apply_status(self, kind: Kind, what: Object) -> Object:
        path = path_of(kind, _namespace(kind, what), what["metadata"]["name"]) + "/status"
        params = {**_written(), "force": "true"}
        return await self._call("PATCH", path, params, _complete(kind, what), form=_APPLY)

    async def patch(self, kind: Kind, name: str, namespace: str, operations: Sequence[Operation]) -> Object:
        steps = [_step(one) for one in operations]
        return await self._call("PATCH", path_of(kind, namespace, name), _written(), steps, form=_PATCH)

    async def delete(self, kind: Kind, name: str, namespace: str = "", *, uid: str = "") -> None:
        options: Object = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
        if uid:
            options["preconditions"] = {"uid": uid}
        await self._call("DELETE", path_of(kind, namespace, name), {}, options)

    async def log(self, pod: str, namespace: str, container: str = "", *, lines: int = 50) -> str:
        path = f"/api/v1/namespaces/{_segment(namespace)}/pods/{_segment(pod)}/log"
        params = {"tailLines": str(lines), "limitBytes": str(self._limits.log_bytes)}
        if container:
            params["container"] = container
        return (await self._send("GET", path, params, None, _JSON)).decode(errors="replace")

    async def close(self) -> None:
        await self._connection.close()

    async def _pages(self, kind: Kind, path: str, params: Mapping[str, str]) -> Listing:
        items: list[Object] = []
        place: dict[str, str] = {}
        while True:
            page = await self._call("GET", path, {**params, **place})
            for one in page.get("items") or ():
                one.setdefault("apiVersion", kind.api_version)
                one.setdefault("kind", kind.kind)
                items.append(one)
            metadata = page.get("metadata") or {}
            if not metadata.get("continue"):
                return Listing(items, str(metadata.get("resourceVersion", "")))
            place = {"continue": metadata["continue"]}

    async def _call(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None = None,
        body: object = None,
        *,
        form: str = _JSON,
    ) -> Object:
        content = None if body is None else msgspec.json.encode(body)
        answer = await self._send(method, path, params or {}, content, form)
        return self._decoded(answer)

    async def _send(
        self, method: str, path: str, params: Mapping[str, str], body: bytes | None, form: str
    ) -> bytes:
        """The body of a good answer. What the server had no place for it has not begun: that is sent again."""
        left = _TRIES
        while True:
            try:
                async with self._places:
                    return await self._once(method, path, params, body, form)
            except InstanceFailure as failure:
                left -= 1
                if failure.reason is not Reason.RATE_LIMITED or not left:
                    raise
                wait = min(int(failure.facts["seconds"]), self._limits.answer_seconds)
            await asyncio.sleep(wait)

    async def _once(
        self, method: str, path: str, params: Mapping[str, str], body: bytes | None, form: str
    ) -> bytes:
        try:
            async with self._connection.request(
                method, path, params=params, body=body, form=form, limit=self._patient
            ) as response:
                content = await self._read(response)
                if not 200 <= response.status < 300:
                    raise refusal(self._connection, response.status, content)
                return content
        except FOREIGN as error:
            raise await self._connection.failure(error, self._limits.answer_seconds) from error

    async def _read(self, response: aiohttp.ClientResponse) -> bytes:
        content = bytearray()
        async for part in response.content.iter_any():
            content += part
            if len(content) > self._limits.answer_bytes:
                raise self._bad("its answer is too large")
        return bytes(content)

    async def _lines(self, response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
        rest = bytearray()
        async for part in response.content.iter_any():
            *lines, last = part.split(b"\n")
            for line in lines:
                rest += line
                if rest:
                    yield bytes(rest)
                rest.clear()
            rest += last
            if len(rest) > self._limits.event_bytes:
                raise self._bad("an event of a watch is too large")

    def _change(self, line: bytes) -> Change:
        event = self._decoded(line)
        kind, found = event.get("type"), event.get("object")
        if not isinstance(found, dict):
            raise self._bad("an event of a watch has no object")
        if kind == "ERROR":
            raise refused(found)
        if kind not in _TYPES:
            raise self._bad(f"an event of a watch has the type {kind!r}"[:100])
        return Change(kind, found)

    def _decoded(self, content: bytes) -> Object:
        try:
            found = msgspec.json.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise self._bad("it is not JSON") from error
        if not isinstance(found, dict):
            raise self._bad("it is no object of Kubernetes")
        return found

    def _bad(self, detail: str) -> Failure:
        return self._connection.failed(Reason.BAD_ANSWER, detail=detail)


def path_of(kind: Kind, namespace: str, name: str = "") -> str:
    parts = ["apis", kind.group, kind.version] if kind.group else ["api", kind.version]
    if kind.namespaced and namespace:
        parts += ["namespaces", namespace]
    parts.append(kind.plural)
    if name:
        parts.append(name)
    return "/" + "/".join(_segment(part) for part in parts)


def _segment(text: str) -> str:
    """Of a path: names come from people and from objects, and `..` must not lead anywhere."""
    return "%2E" * len(text) if text in (".", "..") else quote(text, safe=":")


def _selectors(which: Selection) -> dict[str, str]:
    given = {"labelSelector": which.labels, "fieldSelector": which.fields}
    return {name: value for name, value in given.items() if value}


def _written(*, dry_run: bool = False) -> dict[str, str]:
    return {"fieldManager": MANAGER, **({"dryRun": "All"} if dry_run else {})}


def _namespace(kind: Kind, what: Object) -> str:
    return str(what.get("metadata", {}).get("namespace", "")) if kind.namespaced else ""


def _complete(kind: Kind, what: Object) -> Object:
    return {"apiVersion": kind.api_version, "kind": kind.kind, **what}


def _step(operation: Operation) -> Object:
    step = asdict(operation)
    if operation.op == "remove":
        del step["value"]
    return step
