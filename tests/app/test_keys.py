"""The keys of an installation: made once, kept whole, the same for servers that share a secret."""

import base64
import multiprocessing
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from kangaroo.app import keys, private_files
from kangaroo.base.errors import Failure
from kangaroo.base.settings import Settings

SECRET = base64.b64encode(bytes(range(32))).decode()


def test_keys_are_made_once_and_kept(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    secret, token = keys.secret_key(settings), keys.token_key(settings)
    assert (len(secret), keys.secret_key(settings), keys.token_key(settings)) == (32, secret, token)
    assert load_pem_private_key(token, None).key_size == 256  # type: ignore[union-attr]
    for path in (tmp_path / "keys").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.secret_key(Settings(data=tmp_path / "other")) != secret


def test_servers_with_one_secret_have_one_signing_key_and_no_file(tmp_path: Path) -> None:
    one, other = (Settings(data=tmp_path / name, secret_key=SECRET) for name in ("one", "other"))
    assert keys.secret_key(one) == bytes(range(32))
    assert keys.token_key(one) == keys.token_key(other)
    assert load_pem_private_key(keys.token_key(one), None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "wrong", ["short", base64.b64encode(b"x" * 31).decode(), "仓" * 44], ids=["short", "31", "zh"]
)
def test_a_wrong_secret_is_refused_without_showing_it(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(Failure) as raised:
        keys.secret_key(Settings(data=tmp_path, secret_key=wrong))
    assert "Base64 of 32 bytes" in str(raised.value)
    assert wrong not in str(raised.value)


def _create(path: Path, content: bytes) -> bytes:
    return private_files.create(path, content)


def test_whoever_is_first_makes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        found = pool.starmap(_create, [(path, b"%d" % number) for number in range(16)])
    assert set(found) == {path.read_bytes()}
    assert list(tmp_path.iterdir()) == [path]


def test_replacing_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for content in (b"one", b"two"):
        private_files.replace(path, content)
        assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]
