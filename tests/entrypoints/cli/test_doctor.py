"""`kangaroo doctor`, over HTTP and in a data folder: what people read, what programs read, and the exit code."""

import json

from tests.entrypoints.cli.conftest import Kangaroo
from tests.remote.serving import free_port


def test_what_people_read(kangaroo: Kangaroo):
    said = kangaroo("doctor", "instance", "kangaroo", "--fix")
    assert said.code == 0, said
    assert "✓ it is registered here" in said.out
    assert said.out.endswith("nothing is broken\n")


def test_in_chinese_with_a_password_nobody_sees(kangaroo: Kangaroo):
    target = f"redis://:Secret1@127.0.0.1:{free_port()}"
    said = kangaroo.on(LC_ALL="zh_CN.UTF-8")("doctor", "deps", "-", stdin=f"{target}\n")
    assert said.code == 1, said
    assert "✗ 端口可以连接" in said.out
    assert "[CONNECTION_REFUSED]" in said.out
    assert "→ 请检查端口" in said.out
    assert "Secret1" not in said.out + said.err


def test_what_programs_read(kangaroo: Kangaroo):
    said = kangaroo("doctor", "pull", "registry.invalid/library/app", "--json")
    report = json.loads(said.out)
    assert said.code == 1
    assert (report["broken"], report["reason"]) == (True, "HOST_UNKNOWN")
    assert [row["outcome"] for row in report["rows"]][:3] == ["ok", "broken", "not_reached"]


def test_this_installation(kangaroo: Kangaroo):
    said = kangaroo("doctor", "self", "-o", "json")
    assert {row["check"]: row["outcome"] for row in said.json["rows"]}["JOBS"] == "ok"


def test_what_is_not_there(kangaroo: Kangaroo):
    said = kangaroo("doctor", "managed", "nothing")
    assert (said.code, "nothing" in said.err) == (3, True)
    assert kangaroo("doctor", "cluster", "nothing").code == 3
    assert kangaroo("doctor", "deps", "mysql://h").code == 2
    assert kangaroo("doctor", "deps").code == 2
