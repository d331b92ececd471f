"""Whatever is sent: images, or a Failure that says why not; nothing left on the disk, and never too much of it."""

import gzip
import json
import random
import tarfile
from pathlib import Path

import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.core.archives.images import Node, Packed, Saved
from kangaroo.core.archives.limits import FREE_BYTES, Limits
from kangaroo.core.archives.opening import images_of
from kangaroo.core.archives.spool import Spool
from kangaroo.core.archives.unpacking import Receiver
from tests.core.archives.made import IMAGE_NAME, LIMITS, REF_NAME, Layout, layer, saved, tar

EXPECTED = {Code.ARCHIVE_INVALID, Code.TOO_LARGE}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spool")


def taken(folder: Path, archive: bytes, limits: Limits = LIMITS, piece: int = 1 << 16) -> list[Packed]:
    with Spool(folder) as spool:
        receiver = Receiver(spool, limits)
        for at in range(0, len(archive), piece):
            receiver.take(archive[at : at + piece])
        receiver.end()
        assert spool.size <= limits.archive
        return images_of(spool, limits)


def two_platforms() -> Layout:
    layout = Layout()
    layout.named(layout.index(layout.image("one"), layout.image("two")), **{REF_NAME: "a:1"})
    return layout


GOOD = [
    tar(saved((["a:1"], [layer("one"), layer("two")]), (["b:1"], [layer("one")]))),
    two_platforms().tar(),
]
GOOD += [gzip.compress(one) for one in GOOD] + [zstandard.compress(one) for one in GOOD]


class TestWhateverIsSent:
    @given(st.binary(max_size=4000), st.sampled_from([b"", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"P*M\x18"]))
    def test_garbage(self, folder, garbage, magic):
        with pytest.raises(Failure) as refusal:
            taken(folder, magic + garbage)
        assert refusal.value.code in EXPECTED
        assert str(refusal.value)

    @settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
    @given(st.sampled_from(range(len(GOOD))), st.randoms(use_true_random=False), st.integers(1, 70_000))
    def test_damaged_archives(self, folder, which, chance: random.Random, piece):
        archive = bytearray(GOOD[which])
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(archive))
            match chance.randint(0, 3):
                case 0:
                    archive[at] = chance.randrange(256)
                case 1:
                    del archive[at : at + chance.randint(1, 600)]
                case 2:
                    archive[at:at] = chance.randbytes(chance.randint(1, 600))
                case _:
                    archive[at:] = b""
            if not archive:
                return
        try:
            taken(folder, bytes(archive), piece=max(piece, 1000))
        except Failure as failure:
            assert failure.code in EXPECTED
            assert str(failure)

    @settings(deadline=None)
    @given(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just("a.json"),
            lambda below: (
                st.lists(below, max_size=3)
                | st.dictionaries(
                    st.sampled_from(
                        [
                            "Config",
                            "Layers",
                            "RepoTags",
                            "manifests",
                            "digest",
                            "mediaType",
                            "size",
                            "annotations",
                        ]
                    ),
                    below,
                    max_size=4,
                )
            ),
            max_leaves=12,
        ),
        st.sampled_from(["manifest.json", "index.json"]),
    )
    def test_json_of_any_shape(self, folder, value, name):
        """By chance it may even say something."""
        try:
            taken(folder, tar({name: json.dumps(value).encode(), "a.json": b"{}" if value else b"[]"}))
        except Failure as failure:
            assert failure.code is Code.ARCHIVE_INVALID

    @pytest.mark.parametrize("which", range(len(GOOD)))
    def test_cut_anywhere(self, folder, which):
        """Of a plain tar what is missing may be its end mark alone."""
        archive = GOOD[which]
        for length in range(0, len(archive) - (10_240 if which < 2 else 200), max(1, len(archive) // 40)):
            with pytest.raises(Failure) as refusal:
                taken(folder, archive[:length])
            assert refusal.value.code is Code.ARCHIVE_INVALID

    def test_nothing_is_left_on_the_disk(self, folder):
        assert list(folder.iterdir()) == []


class TestBombs:
    @pytest.mark.parametrize("pack", [gzip.compress, lambda data: zstandard.compress(data, 19)])
    def test_what_unpacks_to_much_more(self, folder, pack):
        limits = Limits(archive=1 << 40)
        with pytest.raises(Failure, match="more than 300 times its size"):
            taken(folder, pack(bytes(3 * FREE_BYTES)), limits)

    @pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
    def test_what_unpacks_to_more_than_is_taken(self, folder, pack):
        with pytest.raises(Failure, match="larger than 100000 bytes"):
            taken(folder, pack(random.Random(1).randbytes(1000) * 200), Limits(archive=100_000))

    def test_members_of_claimed_size(self, folder):
        entry = tarfile.TarInfo("manifest.json")
        entry.size = 1 << 50
        with pytest.raises(Failure, match="ends early"):
            taken(folder, entry.tobuf(tarfile.GNU_FORMAT) + bytes(2048))

    def test_a_large_manifest(self, folder):
        limits = Limits(archive=1 << 20, manifest=1000)
        with pytest.raises(Failure, match="more than 1000"):
            taken(folder, tar({"manifest.json": b" " * 1001}), limits)

    def test_many_configs(self, folder):
        files = saved(*[([f"a:{number}"], [layer(str(number))]) for number in range(20)], filler="x" * 900)
        limits = Limits(archive=1 << 20, understood=10_000)
        with pytest.raises(Failure, match="10000 bytes of manifests and configs"):
            taken(folder, tar(files), limits)

    def test_many_manifests(self, folder):
        layout = Layout()
        layout.named(layout.index(*[layout.image(str(number)) for number in range(20)]), **{REF_NAME: "a:1"})
        with pytest.raises(Failure, match="more than 10 manifests"):
            taken(folder, layout.tar(), Limits(archive=1 << 20, manifests=10))

    def test_indexes_in_indexes(self, folder):
        layout = Layout()
        one = layout.image("one")
        for _ in range(8):
            one = layout.index(one)
        layout.named(one, **{REF_NAME: "a:1"})
        with pytest.raises(Failure, match="4 indexes within one another"):
            taken(folder, layout.tar())

    def test_indexes_that_name_the_same_ones_again_and_again(self, folder):
        """Every way through them would be a thousand million."""
        layout = Layout()
        below = [layout.image(str(number)) for number in range(30)]
        for level in range(3):
            below = [layout.index(*below, *below[:1] * (number + level)) for number in range(30)]
        layout.named(below[0], **{REF_NAME: "a:1"})
        [found] = taken(folder, layout.tar())
        assert isinstance(found.image, Node)
        assert len(list(found.image.manifests())) == 91

    def test_deep_json(self, folder):
        with pytest.raises(Failure, match="not usable"):
            taken(folder, tar({"manifest.json": b"[" * 100_000}))


class TestWhatIsFound:
    def test_a_layout(self, folder):
        layout = two_platforms()
        [found] = taken(folder, layout.tar())
        assert isinstance(found.image, Node)
        assert len(found.image.children) == 2
        assert found.image.size == sum(len(content) for content in layout.blobs.values())

    def test_names_of_a_layout(self, folder):
        layout = Layout()
        one = layout.image("one")
        layout.named(one, **{REF_NAME: "1", IMAGE_NAME: "docker.io/library/a:1"})
        layout.named(one, **{REF_NAME: "2"})
        layout.named(layout.blob("application/x", b"something else"))
        [found] = taken(folder, layout.tar())
        assert [(name.text, name.bare) for name in found.names] == [
            ("docker.io/library/a:1", False),
            ("2", True),
        ]

    def test_both_forms_of_an_engine_that_unpacks_layers(self, folder):
        """Its layout was made up for the archive: known by the list of repositories and plain layers."""
        layout = two_platforms()
        both = saved((["a:1"], [layer("one")])) | layout.files()
        [found] = taken(folder, tar(both))
        assert isinstance(found.image, Node)
        [found] = taken(folder, tar(both | {"repositories": b"{}"}))
        assert isinstance(found.image, Saved)
        packed = saved((["a:1"], [gzip.compress(layer("one"))])) | layout.files() | {"repositories": b"{}"}
        [found] = taken(folder, tar(packed))
        assert isinstance(found.image, Node)

    def test_a_blob_of_another_size(self, folder):
        layout = Layout()
        one = layout.image("one")
        layer_ = json.loads(layout.blobs[one["digest"]])["layers"][0]["digest"]
        layout.blobs[layer_] += b"x"
        layout.named(one, **{REF_NAME: "a:1"})
        with pytest.raises(Failure, match="the manifest sha256:"):
            taken(folder, layout.tar())

    def test_a_manifest_that_is_another(self, folder):
        layout = Layout()
        one = layout.image("one")
        layout.blobs[one["digest"]] += b" "
        layout.named(one, **{REF_NAME: "a:1"})
        with pytest.raises(Failure, match="its digest is"):
            taken(folder, layout.tar())

    def test_the_bytes_are_where_it_says(self, folder):
        files = saved((["a:1"], [layer("one")]))
        archive = tar(files)
        with Spool(folder) as spool:
            spool.write(archive)
            [found] = images_of(spool, LIMITS)
            assert isinstance(found.image, Saved)
            [held] = found.image.layers
            assert b"".join(spool.pieces(held)) == layer("one")
            assert spool.digest(held) == Digest.of(layer("one"))
