"""What only the filesystem store can do wrong: a full disk, lying fsyncs, cold files, foreign files."""

import errno
import fcntl
import os
import resource
import subprocess
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kangaroo.base.errors import Code, Failure
from kangaroo.store.content import disk
from kangaroo.store.content.filesystem import FilesystemStore
from kangaroo.store.content.layout import digest_of
from tests.contract.content_stores import digest, pieces, random_bytes, read

MIB = 1 << 20


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[FilesystemStore]:
    made = FilesystemStore(tmp_path / "content")
    yield made
    await made.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "kangaroo", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def largest_file() -> Iterator[int]:
    """A limit of this process that any user may set: writes beyond are cut short, then refused."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = 2 * MIB + 100
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    yield size
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_the_digest_is_in_the_name(store: FilesystemStore, tmp_path: Path):
    stored = await store.put(digest(b"content"), b"content")
    path = tmp_path / "content" / "blobs" / stored.location
    assert path.read_bytes() == b"content"
    assert (
        path.parent.relative_to(tmp_path).as_posix() == f"content/blobs/sha256/{digest(b'content').hex[:2]}"
    )
    assert digest_of(stored.location) == digest(b"content")


async def test_foreign_files_are_not_listed(store: FilesystemStore, tmp_path: Path):
    stored = await store.put(digest(b"content"), b"content")
    (tmp_path / "content" / "blobs" / stored.location).with_name("notes.txt").write_text("mine")
    (tmp_path / "content" / "blobs" / "lost+found").mkdir()
    assert [found.name async for found in store.blobs()] == [stored.location]


async def test_full_disk(small_disk: Path):
    store = FilesystemStore(small_disk, reserve=0)
    content = random_bytes(6 * MIB)
    await store.check()
    await store.start("full")
    with pytest.raises(Failure) as caught:
        await store.append("full", 0, pieces(content))
    assert caught.value.code is Code.STORAGE_FULL
    size = await store.size("full")
    assert 3 * MIB < size <= 4 * MIB
    for refused in (
        store.put(digest(content), content),
        store.append("full", size, pieces(b"x")),
        store.check(),
    ):
        with pytest.raises(Failure) as caught:
            await refused
        assert caught.value.code is Code.STORAGE_FULL
    assert [found.name async for found in store.uploads()] == ["full"]

    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    await store.check()
    await store.append("full", size, pieces(content[size:]))
    stored = await store.finish("full", digest(content))
    assert await read(store, stored.location) == content
    await store.close()


async def test_write_cut_short(store: FilesystemStore, largest_file: int):
    content = random_bytes(3 * MIB)
    await store.start("cut")
    with pytest.raises(Failure) as caught:
        await store.append("cut", 0, pieces(content))
    assert caught.value.code is Code.STORAGE_FULL
    assert await store.size("cut") == largest_file
    stored = await store.finish("cut", digest(content[:largest_file]))
    assert stored.size == largest_file


async def test_check_keeps_a_reserve(tmp_path: Path):
    store = FilesystemStore(tmp_path, reserve=1 << 60)
    with pytest.raises(Failure) as caught:
        await store.check()
    assert caught.value.code is Code.STORAGE_FULL
    await store.close()


async def test_lost_pages_lose_the_upload(store: FilesystemStore, monkeypatch: pytest.MonkeyPatch):
    """After a failed fsync the next one would succeed, though the bytes are gone."""
    await store.start("lost")
    await store.append("lost", 0, pieces(b"content"))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", only(Path.is_file, refuse(errno.EIO), os.fsync))
        for refused in (store.finish("lost", digest(b"content")), store.put(digest(b"content"), b"content")):
            with pytest.raises(Failure) as caught:
                await refused
            assert caught.value.code is Code.UNAVAILABLE
    with pytest.raises(Failure) as caught:
        await store.finish("lost", digest(b"content"))
    assert caught.value.code is Code.UPLOAD_UNKNOWN
    assert [found.name async for found in store.uploads()] == []


async def test_folders_of_shares_that_cannot_be_synced(
    store: FilesystemStore, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(os, "fsync", only(Path.is_dir, refuse(errno.EINVAL), os.fsync))
    assert (await store.put(digest(b"content"), b"content")).size == 7


@pytest.mark.parametrize("number", [errno.EIO, errno.EROFS, errno.EACCES, errno.ESTALE])
async def test_broken_disk(store: FilesystemStore, monkeypatch: pytest.MonkeyPatch, number: int):
    stored = await store.put(digest(b"content"), b"content")
    monkeypatch.setattr(os, "open", refuse(number))
    for refused in (store.open(stored.location), store.start("x"), store.put(digest(b"y"), b"y")):
        with pytest.raises(Failure) as caught:
            await refused
        assert caught.value.code is Code.UNAVAILABLE
        assert os.strerror(number) in caught.value.message()


async def test_unwritable_folder(tmp_path: Path):
    (tmp_path / "content").write_text("a file")
    with pytest.raises(Failure) as caught:
        FilesystemStore(tmp_path / "content")
    assert caught.value.code is Code.UNAVAILABLE


async def test_removed_folders_come_back(store: FilesystemStore, tmp_path: Path):
    stored = await store.put(digest(b"content"), b"content")
    await store.remove(stored.location)
    (tmp_path / "content" / "blobs" / stored.location).parent.rmdir()
    assert (await store.put(digest(b"content"), b"content")).size == 7


async def test_cold_file_is_read_in_a_thread(
    store: FilesystemStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    content = random_bytes(9 * MIB)
    stored = await store.put(digest(content), content)
    readers: set[threading.Thread] = set()
    record_threads(monkeypatch, "pread", readers)
    assert await read(store, stored.location) == content
    fd = os.open(tmp_path / "content" / "blobs" / stored.location, os.O_RDONLY)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(fd)
    readers.clear()
    assert await read(store, stored.location, 5, 8 * MIB) == content[5:][: 8 * MIB]
    assert readers - {threading.main_thread()}  # what the kernel then reads ahead need not wait


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.EOPNOTSUPP])
async def test_nothing_is_cached(store: FilesystemStore, monkeypatch: pytest.MonkeyPatch, number: int):
    """Or the file system cannot say."""
    stored = await store.put(digest(b"content"), b"content")
    monkeypatch.setattr(os, "preadv", refuse(number))
    assert await read(store, stored.location) == b"content"


async def test_unreadable_blob(store: FilesystemStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    stored = await store.put(digest(bytes(MIB)), bytes(MIB))
    reader = await store.open(stored.location)
    os.truncate(tmp_path / "content" / "blobs" / stored.location, 100)
    with pytest.raises(Failure) as caught:
        [piece async for piece in reader.chunks()]
    assert caught.value.code is Code.UNAVAILABLE
    monkeypatch.setattr(os, "preadv", refuse(errno.EIO))
    with pytest.raises(Failure) as caught:
        [piece async for piece in reader.chunks()]
    assert caught.value.code is Code.UNAVAILABLE
    await reader.close()


async def test_the_event_loop_never_waits_for_the_disk(
    store: FilesystemStore, monkeypatch: pytest.MonkeyPatch
):
    writers: set[threading.Thread] = set()
    record_threads(monkeypatch, "write", writers)
    record_threads(monkeypatch, "fsync", writers)
    content = random_bytes(3 * MIB)
    await store.start("upload")
    await store.append("upload", 0, pieces(content))
    await store.finish("upload", digest(content))
    await store.put(digest(content), content)
    assert writers
    assert threading.main_thread() not in writers


async def test_content_is_hashed_while_received(store: FilesystemStore, monkeypatch: pytest.MonkeyPatch):
    content = random_bytes(3 * MIB)
    await store.start("upload")
    await store.append("upload", 0, pieces(content[:MIB]))
    await store.append("upload", MIB, pieces(content[MIB:]))
    monkeypatch.setattr(os, "preadv", refuse(errno.EIO))
    assert (await store.finish("upload", digest(content))).size == 3 * MIB


def test_finished_between_open_and_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A writer that opened the upload just before it became a blob must not write to the blob."""
    path, blob = tmp_path / "upload", tmp_path / "blob"
    path.write_bytes(b"content")
    monkeypatch.setattr(fcntl, "flock", lambda fd, how: path.rename(blob))
    with pytest.raises(FileNotFoundError):
        disk.open_alone(path)


async def test_killed_put_is_removed_as_an_upload(store: FilesystemStore, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", lambda self, missing_ok=False: None)
        patch.setattr(os, "write", refuse(errno.EIO))
        with pytest.raises(Failure):
            await store.put(digest(b"content"), b"content")
    (left,) = [found.name async for found in store.uploads()]
    await store.abort(left)
    assert [found.name async for found in store.uploads()] == []


def refuse(number: int) -> Any:
    def refused(*args: object, **kwargs: object) -> None:
        raise OSError(number, os.strerror(number))

    return refused


def only(kind: Callable[[Path], bool], first: Any, otherwise: Any) -> Callable[[int], None]:
    """A function of a descriptor that does the first for files of this kind."""

    def chosen(fd: int) -> None:
        (first if kind(Path(f"/proc/self/fd/{fd}")) else otherwise)(fd)

    return chosen


def record_threads(monkeypatch: pytest.MonkeyPatch, name: str, threads: set[threading.Thread]) -> None:
    """Collect the threads that call a function of os from now on."""
    really = getattr(os, name)

    def recorded(*args: Any) -> Any:
        threads.add(threading.current_thread())
        return really(*args)

    monkeypatch.setattr(os, name, recorded)
