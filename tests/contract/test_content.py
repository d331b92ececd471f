"""The promises of `kangaroo.store.content.contract`, kept by every store."""

import asyncio
import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import AsyncIterator, Awaitable
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kangaroo.base.clock import SECOND, now
from kangaroo.base.errors import Code, Failure
from kangaroo.store.content.contract import ContentStore, Stored
from kangaroo.store.content.layout import digest_of
from tests.contract.content_stores import (  # noqa: F401  fixtures
    Replicas,
    a_server,
    digest,
    every_store,
    interrupted,
    pieces,
    random_bytes,
    read,
)

KIB, MIB = 1 << 10, 1 << 20
SIZES = [0, 1, 64 * KIB - 1, 64 * KIB, 64 * KIB + 1, 5 * MIB - 1, 5 * MIB + 1, 8 * MIB, 20 * MIB]


async def push(
    store: ContentStore, content: bytes, upload: str = "push", algorithm: str = "sha256"
) -> Stored:
    await store.start(upload)
    await store.append(upload, 0, pieces(content))
    return await store.finish(upload, digest(content, algorithm))


async def fails(code: Code, call: Awaitable[object]) -> Failure:
    with pytest.raises(Failure) as caught:
        await call
    assert caught.value.code is code, caught.value
    assert caught.value.message("zh")
    return caught.value


async def names(listing: AsyncIterator) -> list[str]:
    return [found.name async for found in listing]


class TestPush:
    @pytest.mark.parametrize("size", SIZES)
    async def test_what_is_pushed_is_read(self, replicas: Replicas, size: int):
        content = random_bytes(size)
        stored = await push(replicas.one, content)
        assert stored.size == size
        assert await read(replicas.two, stored.location) == content

    @pytest.mark.parametrize("size", [0, 1, 64 * KIB + 1, 9 * MIB])
    async def test_put(self, replicas: Replicas, size: int):
        content = random_bytes(size)
        stored = await replicas.one.put(digest(content), content)
        assert stored.size == size
        assert digest_of(stored.location) == digest(content)
        assert await read(replicas.two, stored.location) == content
        assert await names(replicas.one.uploads()) == []

    @pytest.mark.parametrize("size", [10, 9 * MIB])
    async def test_sha512(self, replicas: Replicas, size: int):
        content = random_bytes(size)
        stored = await push(replicas.one, content, algorithm="sha512")
        assert await read(replicas.one, stored.location) == content
        wrong = digest(b"other", "sha512")
        failure = await fails(Code.DIGEST_MISMATCH, replicas.one.put(wrong, b"some"))
        assert failure.facts["actual"] == digest(b"some", "sha512")

    @pytest.mark.parametrize("size", [10, 3 * MIB, 20 * MIB])
    async def test_two_replicas_take_turns(self, replicas: Replicas, size: int):
        content = random_bytes(size)
        await replicas.one.start("turns")
        cuts = [size * part // 5 for part in range(6)]
        for turn, (begin, end) in enumerate(pairwise(cuts)):
            store = replicas.two if turn % 2 else replicas.one
            assert await store.size("turns") == begin
            assert await store.append("turns", begin, pieces(content[begin:end])) == end
        stored = await replicas.two.finish("turns", digest(content))
        assert await read(replicas.one, stored.location) == content

    async def test_one_piece_larger_than_any_buffer(self, replicas: Replicas):
        content = random_bytes(20 * MIB)
        await replicas.one.start("big")
        await replicas.one.append("big", 0, pieces(content, 20 * MIB))
        stored = await replicas.one.finish("big", digest(content))
        assert await read(replicas.one, stored.location) == content

    @settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    async def test_any_split_gives_the_same_content(self, replicas: Replicas, data: st.DataObject):
        content = random_bytes(100 * KIB)
        cuts = data.draw(st.lists(st.integers(0, len(content)), max_size=6).map(sorted))
        size = data.draw(st.integers(500, 70 * KIB))
        upload = f"split-{time.monotonic_ns()}"
        await replicas.one.start(upload)
        for begin, end in zip([0, *cuts], [*cuts, len(content)], strict=True):
            store = data.draw(st.sampled_from([replicas.one, replicas.two]))
            await store.append(upload, begin, pieces(content[begin:end], size))
        stored = await replicas.one.finish(upload, digest(content))
        assert await read(replicas.two, stored.location) == content


class TestUpload:
    async def test_name_is_used_once(self, replicas: Replicas):
        await replicas.one.start("again")
        await fails(Code.UPLOAD_INVALID, replicas.two.start("again"))

    @pytest.mark.parametrize(
        "name", ["never-started", "..", "a/b", "../../etc/passwd", "", "a\n", "ü", "x" * 300]
    )
    async def test_unknown(self, replicas: Replicas, name: str):
        store = replicas.one
        await fails(Code.UPLOAD_UNKNOWN, store.size(name))
        await fails(Code.UPLOAD_UNKNOWN, store.append(name, 0, pieces(b"x")))
        await fails(Code.UPLOAD_UNKNOWN, store.finish(name, digest(b"")))

    async def test_finished_is_unknown(self, replicas: Replicas):
        await push(replicas.one, b"content")
        for store in (replicas.one, replicas.two):
            await fails(Code.UPLOAD_UNKNOWN, store.finish("push", digest(b"content")))
            await fails(Code.UPLOAD_UNKNOWN, store.append("push", 7, pieces(b"x")))
            await fails(Code.UPLOAD_UNKNOWN, store.size("push"))
            assert await names(store.uploads()) == []

    @pytest.mark.parametrize("offset", [0, 99, 101])
    async def test_append_elsewhere_than_at_the_end(self, replicas: Replicas, offset: int):
        await replicas.one.start("gap")
        await replicas.one.append("gap", 0, pieces(bytes(100)))
        for store in (replicas.one, replicas.two):
            await fails(Code.RANGE_INVALID, store.append("gap", offset, pieces(b"x")))
            assert await store.size("gap") == 100
        assert (await replicas.one.finish("gap", digest(bytes(100)))).size == 100

    @pytest.mark.parametrize("size", [100, 12 * MIB])
    @pytest.mark.parametrize("elsewhere", [False, True])
    async def test_wrong_digest_keeps_the_upload(self, replicas: Replicas, size: int, elsewhere: bool):
        content, more = random_bytes(size), b"more"
        await replicas.one.start("wrong")
        await replicas.one.append("wrong", 0, pieces(content))
        store = replicas.two if elsewhere else replicas.one
        failure = await fails(Code.DIGEST_MISMATCH, store.finish("wrong", digest(b"other")))
        assert failure.facts == {"digest": digest(b"other"), "actual": digest(content)}
        assert await store.size("wrong") == size
        assert await names(store.blobs()) == []
        await store.append("wrong", size, pieces(more))
        stored = await store.finish("wrong", digest(content + more))
        assert await read(store, stored.location) == content + more

    @pytest.mark.parametrize("size", [0, 100, 3 * MIB, 20 * MIB])
    async def test_interrupted_append_keeps_what_arrived(self, replicas: Replicas, size: int):
        content = random_bytes(size)
        await replicas.one.start("cut")
        with pytest.raises(ConnectionResetError):
            await replicas.one.append("cut", 0, interrupted(content))
        assert await replicas.two.size("cut") == size
        await replicas.one.append("cut", size, pieces(b"rest"))
        stored = await replicas.one.finish("cut", digest(content + b"rest"))
        assert await read(replicas.one, stored.location) == content + b"rest"

    @pytest.mark.parametrize("size", [100, 20 * MIB])
    async def test_cancelled_append_keeps_what_arrived(self, replicas: Replicas, size: int):
        content = random_bytes(size)
        arrived = asyncio.Event()

        async def stalled() -> AsyncIterator[bytes]:
            async for piece in pieces(content):
                yield piece
            arrived.set()
            await asyncio.sleep(60)

        await replicas.one.start("cancelled")
        request = asyncio.create_task(replicas.one.append("cancelled", 0, stalled()))
        await arrived.wait()
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
        assert await replicas.two.size("cancelled") == size
        stored = await replicas.one.finish("cancelled", digest(content))
        assert await read(replicas.one, stored.location) == content

    @pytest.mark.parametrize("size", [0, 100, 20 * MIB])
    async def test_abort(self, replicas: Replicas, size: int):
        await replicas.one.start("unwanted")
        await replicas.one.append("unwanted", 0, pieces(bytes(size)))
        await replicas.two.abort("unwanted")
        await fails(Code.UPLOAD_UNKNOWN, replicas.one.size("unwanted"))
        await fails(Code.UPLOAD_UNKNOWN, replicas.one.finish("unwanted", digest(bytes(size))))
        await replicas.one.abort("unwanted")
        await replicas.one.abort("never-started")
        assert await names(replicas.one.uploads()) == []
        assert await names(replicas.one.blobs()) == []

    @pytest.mark.parametrize("size", [100, 20 * MIB])
    async def test_of_two_writers_one_wins(self, replicas: Replicas, size: int):
        """The slow one is in the middle when the fast one begins; whoever wins, its content is whole."""
        slow, fast = random_bytes(size, seed=1), random_bytes(size, seed=2)
        middle, go_on = asyncio.Event(), asyncio.Event()

        async def halting() -> AsyncIterator[bytes]:
            async for piece in pieces(slow):
                yield piece
            middle.set()
            await go_on.wait()
            yield b"!"

        await replicas.one.start("contended")
        request = asyncio.create_task(replicas.one.append("contended", 0, halting()))
        await middle.wait()
        quick = await asyncio.gather(
            replicas.two.append("contended", 0, pieces(fast)), return_exceptions=True
        )
        go_on.set()
        outcomes = await asyncio.gather(request, return_exceptions=True) + quick
        lost = [outcome.code for outcome in outcomes if isinstance(outcome, Failure)]
        assert lost in ([Code.UPLOAD_INVALID], [Code.RANGE_INVALID])
        winner = slow + b"!" if outcomes[0] == size + 1 else fast
        stored = await replicas.two.finish("contended", digest(winner))
        assert await read(replicas.one, stored.location) == winner

    @pytest.mark.parametrize("size", [100, 16 * MIB])
    async def test_of_two_finishes_one_wins(self, replicas: Replicas, size: int):
        content = random_bytes(size)
        await replicas.one.start("twice")
        await replicas.one.append("twice", 0, pieces(content))
        outcomes = await asyncio.gather(
            replicas.one.finish("twice", digest(content)),
            replicas.two.finish("twice", digest(content)),
            return_exceptions=True,
        )
        (stored,) = [outcome for outcome in outcomes if isinstance(outcome, Stored)]
        (failure,) = [outcome for outcome in outcomes if isinstance(outcome, Failure)]
        assert failure.code in (Code.UPLOAD_UNKNOWN, Code.UPLOAD_INVALID, Code.UNAVAILABLE)
        assert await read(replicas.one, stored.location) == content

    async def test_killed_writer_leaves_an_upload_to_continue(self, replicas: Replicas):
        """A process dies by SIGKILL in the middle of its append; what it had saved is there to go on from."""
        if replicas.where is None:
            pytest.skip("dies with its process")
        before = random_bytes(9 * MIB)
        await replicas.one.start("killed")
        await replicas.one.append("killed", 0, pieces(before))
        writer = subprocess.Popen([sys.executable, "-m", "tests.contract.endless_append", *replicas.where])
        async with asyncio.timeout(60):
            while await replicas.one.size("killed") == len(before):
                await asyncio.sleep(0.02)
        writer.kill()
        writer.wait()
        size = await replicas.two.size("killed")
        await replicas.two.append("killed", size, pieces(b"rest"))
        content = before + bytes(size - len(before)) + b"rest"
        stored = await replicas.two.finish("killed", digest(content))
        assert await read(replicas.one, stored.location) == content

    async def test_memory_of_a_large_append(self, replicas: Replicas):
        bounds = {"filesystem": 6 * MIB, "s3": 72 * MIB}
        if replicas.kind not in bounds:
            pytest.skip("keeps everything in memory")

        async def stream() -> AsyncIterator[bytes]:
            for _ in range(96 * MIB // (64 * KIB)):
                yield os.urandom(64 * KIB)

        await replicas.one.start("large")
        tracemalloc.start()
        try:
            assert await replicas.one.append("large", 0, stream()) == 96 * MIB
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < bounds[replicas.kind]


class TestBlobs:
    async def test_ranges(self, replicas: Replicas):
        content = random_bytes(3 * MIB)
        stored = await push(replicas.one, content)
        reader = await replicas.two.open(stored.location)
        assert reader.size == len(content)
        size = len(content)
        for start, length in [
            (0, 0),
            (0, 1),
            (1, None),
            (MIB - 1, 2),
            (size - 1, 1),
            (size - 5, 99),
            (size, None),
        ]:
            got = b"".join([piece async for piece in reader.chunks(start, length)])
            assert got == content[start:][:length]
        await reader.close()

    async def test_pieces_are_bounded(self, replicas: Replicas):
        stored = await push(replicas.one, bytes(3 * MIB))
        reader = await replicas.one.open(stored.location)
        sizes = [len(piece) async for piece in reader.chunks()]
        assert sum(sizes) == 3 * MIB
        assert max(sizes) <= MIB
        await reader.close()

    async def test_abandoned_reader(self, replicas: Replicas):
        stored = await push(replicas.one, bytes(3 * MIB))
        reader = await replicas.one.open(stored.location)
        chunks = reader.chunks()
        assert await anext(chunks)
        await reader.close()
        await reader.close()

    async def test_same_content_twice_is_two_blobs(self, replicas: Replicas):
        for number, size in enumerate([100, 9 * MIB]):
            content = random_bytes(size)
            one = await push(replicas.one, content, f"one-{number}")
            two = await push(replicas.two, content, f"two-{number}")
            three = await replicas.two.put(digest(content), content)
            assert len({one.location, two.location, three.location}) == 3
            assert await replicas.two.remove(one.location) == size
            assert await read(replicas.one, two.location) == content
            assert await replicas.two.remove(one.location) == 0
            await fails(Code.NOT_FOUND, replicas.one.open(one.location))

    @pytest.mark.parametrize("start", [0, 2 * MIB])
    async def test_reader_survives_removal(self, replicas: Replicas, start: int):
        content = random_bytes(3 * MIB)
        stored = await push(replicas.one, content)
        reader = await replicas.one.open(stored.location)
        await replicas.two.remove(stored.location)
        assert b"".join([piece async for piece in reader.chunks(start)]) == content[start:]
        await reader.close()

    @pytest.mark.parametrize(
        "location", ["sha256/" + "0" * 64 + ".0123456789abcdef", "../uploads/x", "/etc/passwd", ""]
    )
    async def test_no_such_location(self, replicas: Replicas, location: str):
        await fails(Code.NOT_FOUND, replicas.one.open(location))

    async def test_listing(self, replicas: Replicas):
        began = now() - 2 * SECOND  # S3 tells whole seconds
        store = replicas.one
        stored = [await push(store, random_bytes(size, size), f"upload-{size}") for size in (0, 7, 9 * MIB)]
        await store.start("open")
        await store.append("open", 0, pieces(bytes(77)))
        blobs = [found async for found in replicas.two.blobs()]
        uploads = [found async for found in replicas.two.uploads()]
        assert {(found.name, found.size) for found in blobs} == {
            (blob.location, blob.size) for blob in stored
        }
        assert [(found.name, found.size) for found in uploads] == [("open", 77)]
        assert all(began <= found.modified <= now() + SECOND for found in blobs + uploads)

    async def test_redirect(self, replicas: Replicas):
        stored = await push(replicas.one, b"content")
        url = await replicas.one.redirect(stored.location, "text/plain")
        assert (url is not None) == (replicas.kind == "s3")

    async def test_check(self, replicas: Replicas):
        await replicas.one.check()
        assert await names(replicas.one.uploads()) == []
        assert await names(replicas.one.blobs()) == []
