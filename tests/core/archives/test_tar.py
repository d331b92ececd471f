"""The table of contents: what the standard library writes is found, what is no tar is refused with its place."""

import io
import string
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.errors import Code, Failure
from kangaroo.core.archives.limits import Limits
from kangaroo.core.archives.tar import Contents, Held, contents
from tests.core.archives.made import tar

LIMITS = Limits(archive=1 << 20, members=50)
parts = st.text(string.ascii_letters + "._-é层", min_size=1, max_size=60).filter(
    lambda one: one not in (".", "..")
)
paths = st.lists(parts, min_size=1, max_size=6).map("/".join)


def read(archive: bytes) -> Contents:
    return contents(lambda at, size: archive[at : at + size], len(archive), LIMITS)


def content(archive: bytes, held: Held | None) -> bytes | None:
    return None if held is None else archive[held.offset : held.offset + held.size]


@given(
    st.dictionaries(paths, st.binary(max_size=2000), min_size=1, max_size=8),
    st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT]),
)
def test_what_was_packed_is_found(files, format_):
    archive = tar(files, format_)
    found = read(archive)
    assert {path: content(archive, found.find(path)) for path in files} == files


@given(st.binary(max_size=3000))
def test_garbage_is_refused(garbage):
    try:
        read(garbage)
    except Failure as failure:
        assert failure.code is Code.ARCHIVE_INVALID
        assert str(failure)


@given(
    st.dictionaries(paths, st.binary(max_size=700), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 255)), min_size=1, max_size=6),
    st.integers(0, 12_000),
)
def test_damage_is_refused_or_stays_inside(files, damage, length):
    archive = bytearray(tar(files))
    for at, value in damage:
        archive[at % len(archive)] = value
    cut = bytes(archive[:length])
    try:
        found = read(cut)
    except Failure as failure:
        assert failure.code is Code.ARCHIVE_INVALID
        return
    for held in found.files.values():
        assert 0 <= held.offset <= held.offset + held.size <= len(cut)


class TestLinks:
    def test_they_lead_to_other_names(self):
        archive = tar({"a/layer.tar": b"x", "b/layer.tar": "../a/layer.tar", "c": "b/layer.tar", "d": "/c"})
        assert [content(archive, read(archive).find(one)) for one in ("b/layer.tar", "c", "d")] == [b"x"] * 3

    @pytest.mark.parametrize(
        "target", ["../../etc/passwd", "/etc/passwd", "..", "../a/../../a", "", ".", "a"]
    )
    def test_they_lead_nowhere_else(self, target):
        archive = tar({"x": b"x", "a": target})
        assert read(archive).find("a") is None

    def test_circles_end(self):
        assert read(tar({"x": b"", "a": "b", "b": "a"})).find("a") is None

    def test_hard_ones_are_from_the_root(self):
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as opened:
            entry = tarfile.TarInfo("a/b")
            entry.size = 1
            opened.addfile(entry, io.BytesIO(b"x"))
            link = tarfile.TarInfo("c/d")
            link.type, link.linkname = tarfile.LNKTYPE, "a/b"
            opened.addfile(link)
        assert content(packed.getvalue(), read(packed.getvalue()).find("c/d")) == b"x"


class TestNames:
    @pytest.mark.parametrize("path", ["../x", "a/../../x", "/../x", ".."])
    def test_those_that_climb_are_none(self, path):
        assert read(tar({path: b"evil"})).find(path) is None

    @pytest.mark.parametrize("path", ["./x", "/x", "x", ".//./x"])
    def test_several_ways_to_say_one(self, path):
        assert read(tar({path: b"x"})).find("x") is not None

    def test_the_last_of_a_name_counts(self):
        once, again = tar({"x": b"one"}), tar({"x": b"two"})
        both = once[: 2 * 512] + again
        assert content(both, read(both).find("x")) == b"two"


def test_too_many_members():
    with pytest.raises(Failure, match="more than 50 files"):
        read(tar({f"f{number}": b"" for number in range(51)}))


def test_a_size_beyond_eight_gigabytes_is_understood():
    entry = tarfile.TarInfo("large")
    entry.size = 9 << 30
    with pytest.raises(Failure, match=f"large takes {9 << 30} bytes, 0 are there"):
        read(entry.tobuf(tarfile.GNU_FORMAT))


def test_an_extended_header_is_not_held_in_memory_whatever_its_size():
    entry = tarfile.TarInfo("x")
    entry.type, entry.size = tarfile.XHDTYPE, 1 << 30
    with pytest.raises(Failure, match="an extended header of"):
        read(entry.tobuf(tarfile.USTAR_FORMAT))


def test_sparse_files_are_refused():
    entry = tarfile.TarInfo("x")
    entry.type = tarfile.GNUTYPE_SPARSE
    with pytest.raises(Failure, match="sparse"):
        read(entry.tobuf(tarfile.GNU_FORMAT))
