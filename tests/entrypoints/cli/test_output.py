"""What is shown: names, sizes and times as people read them, nothing that commands a terminal, columns to sort by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.entrypoints.cli import output
from kangaroo.entrypoints.cli.output import Column, Form
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.sizes import parsed
from kangaroo.entrypoints.cli.texts import HEADINGS, TEXTS

COLUMNS = (Column("name", "name"), Column("size", "deep.size", output.size, right=True))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0 B"),
        ("1023", "1023 B"),
        (1024, "1.0 KiB"),
        (102_400, "100 KiB"),
        (1 << 60, "1024 PiB"),
        (-1, "-"),
    ],
)
def test_sizes(value: object, shown: str) -> None:
    assert output.size(value) == shown


def test_times_are_local(monkeypatch: pytest.MonkeyPatch) -> None:
    assert output.moment("0") == output.moment(-1) == "-"
    assert output.moment("0001-01-01T00:00:00.000Z") == "-"
    assert output.moment("1795445830") == output.moment("2026-11-23T14:57:10.137Z")


@given(st.text())
def test_nothing_commands_the_terminal(text: str) -> None:
    shown = output.plain(text)
    assert len(shown) == len(text)
    assert all(letter.isprintable() for letter in shown)


def test_a_table_for_a_pipe_has_whole_values(capsys: pytest.CaptureFixture[str]) -> None:
    long = "x" * 500
    output.show_list(Form.TABLE, [{"name": long, "deep": {"size": 2048}}, {"name": "[bold]"}], COLUMNS)
    head, first, second = capsys.readouterr().out.splitlines()
    assert head.split() == ["NAME", "SIZE"]
    assert first.split() == [long, "2.0", "KiB"]
    assert second == "[bold]"


def test_columns_are_sorted_by_size_and_not_by_letters() -> None:
    items = [{"name": name, "deep": {"size": size}} for name, size in (("b", "9"), ("a", "10"), ("C", "1"))]
    assert [one["name"] for one in output.sorted_by(items, COLUMNS, "size")] == ["C", "b", "a"]
    assert [one["name"] for one in output.sorted_by(items, COLUMNS, "-name")] == ["C", "b", "a"]
    with pytest.raises(Problem) as caught:
        output.sorted_by(items, COLUMNS, "colour")
    assert caught.value.exit_code is Exit.USAGE
    assert "name, size" in caught.value.remedy


@given(st.lists(st.none() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)))
def test_whatever_an_api_says_can_be_sorted(values: list[object]) -> None:
    items = [{"name": value} for value in values]
    assert len(output.sorted_by(items, COLUMNS, "name")) == len(items)


@pytest.mark.parametrize(
    ("text", "size"),
    [("512", 512), ("1k", 1024), ("10GiB", 10 << 30), ("3 MB", 3 << 20), ("none", -1), ("2T", 2 << 40)],
)
def test_sizes_people_write(text: str, size: int) -> None:
    assert parsed(text) == size


@pytest.mark.parametrize("key", [*TEXTS, *HEADINGS])
def test_both_languages_say_something(key: str) -> None:
    text = TEXTS.get(key) or HEADINGS[key]
    assert text.en
    assert text.zh
