"""Names of images as they stand in a Pod."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.core.doctor import Ailment
from kangaroo.core.doctor.image_names import parse_image

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("team/nginx:1", "docker.io/team/nginx:1"),
        ("localhost/team/nginx", "localhost/team/nginx:latest"),
        ("Reg.Example.com:5000/team/a/b:v1", "reg.example.com:5000/team/a/b:v1"),
        (f"h:1/team/nginx:1@{DIGEST}", f"h:1/team/nginx@{DIGEST}"),
        ("10.0.0.1/nginx", "10.0.0.1/nginx:latest"),
    ],
)
def test_what_clients_make_of_it(text: str, expected: str):
    assert str(parse_image(text)) == expected


@pytest.mark.parametrize(
    "text", ["", "http://h/a", "h:1/", "h:1/Team/nginx:", "h:1/a:b:c", "h:1/a@b", "a b", "h/\n"]
)
def test_what_is_no_name(text: str):
    with pytest.raises(Ailment) as caught:
        parse_image(text)
    assert caught.value.trouble.name == "IMAGE_NAME_INVALID"
    assert caught.value.message("zh")


@given(st.text(max_size=40))
def test_anything_is_a_name_or_refused(text: str):
    try:
        found = parse_image(text)
    except Ailment:
        return
    assert parse_image(str(found)) == found
