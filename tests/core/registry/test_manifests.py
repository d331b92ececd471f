"""Manifests are read strictly, whatever bytes arrive."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.media_types import DOCKER_MANIFEST, OCI_CONFIG, OCI_INDEX, OCI_MANIFEST
from kangaroo.core.registry.kinds import accessory_of, attributes_of, kind_of
from kangaroo.core.registry.manifests import parse

DIGEST = Digest.of(b"x")
CONFIG = {"mediaType": OCI_CONFIG, "digest": DIGEST, "size": 1}
LAYER = {"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": Digest.of(b"y"), "size": 1}
IMAGE = {"schemaVersion": 2, "mediaType": OCI_MANIFEST, "config": CONFIG, "layers": [LAYER]}
INDEX = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [CONFIG | {"mediaType": OCI_MANIFEST}]}


def test_an_image_needs_its_config_and_layers() -> None:
    read = parse(json.dumps(IMAGE).encode(), OCI_MANIFEST)
    assert [blob.digest for blob in read.blobs] == [DIGEST, LAYER["digest"]]
    assert kind_of(read) == "IMAGE"
    assert read.effective_type == OCI_CONFIG


def test_an_index_has_children_and_no_blobs() -> None:
    read = parse(json.dumps(INDEX).encode(), "")
    assert (read.blobs, [child.digest for child in read.children]) == ([], [DIGEST])
    assert kind_of(read) == "IMAGE"


def test_layers_kept_elsewhere_are_not_needed_here() -> None:
    foreign = LAYER | {"mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"}
    read = parse(json.dumps(IMAGE | {"layers": [foreign, LAYER | {"urls": ["https://x"]}]}).encode(), "")
    assert [blob.digest for blob in read.blobs] == [DIGEST]


@pytest.mark.parametrize(
    ("manifest", "declared"),
    [
        (b"", ""),
        (b"{", ""),
        (b"[]", ""),
        (b"\xff", ""),
        (b"[" * 100_000, ""),
        ({"schemaVersion": 1}, ""),
        ({"schemaVersion": 2}, ""),
        (IMAGE, DOCKER_MANIFEST),
        (IMAGE | {"mediaType": "text/plain"}, ""),
        (IMAGE | {"config": None}, ""),
        (IMAGE | {"layers": [LAYER | {"size": -1}]}, ""),
        (IMAGE | {"layers": [LAYER | {"size": "1"}]}, ""),
        (IMAGE | {"manifests": []}, ""),
        (INDEX | {"layers": []}, ""),
        (INDEX | {"manifests": None}, ""),
        (IMAGE | {"layers": [LAYER] * 10_001}, ""),
    ],
)
def test_what_is_no_manifest(manifest: object, declared: str) -> None:
    content = manifest if isinstance(manifest, bytes) else json.dumps(manifest).encode()
    with pytest.raises(Failure) as raised:
        parse(content, declared)
    assert raised.value.code is Code.MANIFEST_INVALID


def test_a_bad_digest_inside_is_named() -> None:
    with pytest.raises(Failure) as raised:
        parse(json.dumps(IMAGE | {"layers": [LAYER | {"digest": "sha256:x"}]}).encode(), "")
    assert raised.value.code is Code.DIGEST_INVALID


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=20) | st.just(DIGEST),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["mediaType", "digest", "size", "config", "layers", "manifests"]), inner
        )
    ),
    max_leaves=20,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["schemaVersion", "mediaType", "config", "layers", "manifests", "subject", "annotations"]
        ),
        json_values | st.just(2) | st.just(OCI_MANIFEST) | st.just(CONFIG) | st.just([LAYER]),
    )
)
def test_any_json_is_read_or_refused_by_name(value: object) -> None:
    try:
        read = parse(json.dumps(value).encode(), "")
    except Failure as failure:
        assert failure.code.status == 400
    else:
        assert read.media_type
        kind_of(read)
        accessory_of(read, "latest")


@pytest.mark.parametrize(
    ("config_type", "kind"),
    [
        ("application/vnd.cncf.helm.config.v1+json", "CHART"),
        ("application/vnd.acme.rocket.config.v1+json", "ROCKET"),
        ("application/vnd.acme.config+json", "UNKNOWN"),
        ("application/vnd.oci.empty.v1+json", "UNKNOWN"),
    ],
)
def test_the_config_tells_the_kind(config_type: str, kind: str) -> None:
    read = parse(json.dumps(IMAGE | {"config": CONFIG | {"mediaType": config_type}}).encode(), "")
    assert kind_of(read) == kind


def test_what_a_config_says() -> None:
    config = json.dumps({"architecture": "arm64", "os": "linux", "rootfs": {}, "author": None}).encode()
    assert attributes_of("IMAGE", config) == {"architecture": "arm64", "os": "linux"}
    assert attributes_of("CHART", b'{"name": "c"}') == {"name": "c"}
    assert attributes_of("IMAGE", b"\xff") == attributes_of("IMAGE", b"[]") == {}


def test_signatures_belong_to_what_they_sign() -> None:
    subject = json.dumps(IMAGE | {"subject": CONFIG, "artifactType": "application/vnd.cncf.notary.signature"})
    assert accessory_of(parse(subject.encode(), ""), None) == ("signature.notation", DIGEST)
    signing = LAYER | {"mediaType": "application/vnd.dev.cosign.simplesigning.v1+json"}
    cosign = parse(json.dumps(IMAGE | {"layers": [signing]}).encode(), "")
    assert accessory_of(cosign, f"sha256-{DIGEST.hex}.sig") == ("signature.cosign", DIGEST)
    assert accessory_of(cosign, "latest") is None
