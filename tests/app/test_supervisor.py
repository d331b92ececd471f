"""The life of a server's processes: they start together, are replaced, drain, and leave nothing behind."""

import os
import re
import signal
import socket
import stat
from pathlib import Path

import pytest

from tests.app.running import Running, alive, until


def test_it_says_once_when_all_workers_are_ready(tmp_path: Path) -> None:
    with Running(tmp_path, workers=3).ready() as server:
        assert re.search(
            r"^Kangaroo \d+\.\d+\.\d+ ready at http://127\.0\.0\.1:\d+$", server.said, re.MULTILINE
        )
        assert len(server.workers()) == 4
        assert int((server.control / "job-pid").read_text()) in server.workers()
        assert server.ask("/healthz") == (200, '{"status":"ok"}')
        server.signal(signal.SIGTERM)
        assert server.wait() == 0
        assert server.process.stdout is not None
        assert server.process.stdout.read() == ""


def test_the_first_password_is_shown_once_and_not_logged(tmp_path: Path) -> None:
    for time_shown in (1, 0):
        with Running(tmp_path, log_level="debug").ready() as server:
            assert server.said.count("the-first-password") == time_shown
            assert "the-first-password" not in server.errors
            server.signal(signal.SIGTERM)
            assert server.wait() == 0


def test_what_it_makes_is_for_its_owner_alone(tmp_path: Path) -> None:
    with Running(tmp_path).ready() as server:
        for path in [server.data, *server.data.rglob("*")]:
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
        assert {path.name for path in (server.data / "keys").iterdir()} == {"token.pem", "secret.key"}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_dead_worker_is_replaced(tmp_path: Path, number: signal.Signals) -> None:
    with Running(tmp_path).ready() as server:
        before = server.workers()
        for pid in before:
            os.kill(pid, number)
        until(lambda: len(server.workers() - before) == 3)
        until(server.reached)
        assert server.workers().isdisjoint(before)
        died = [line for line in server.lines() if line["event"] == "process died"]
        assert {line["pid"] for line in died} == before
        assert {line["why"] for line in died} <= {number.name, "exit code 0"}


def test_a_stop_lets_requests_under_way_end(tmp_path: Path) -> None:
    with Running(tmp_path).ready() as server:
        slow = server.connect()
        slow.request("GET", "/hold")
        response = slow.getresponse()
        assert response.read(6) == b"begun "
        workers = server.workers()
        server.signal(signal.SIGTERM)
        until(lambda: server.reached() is None, "new connections are refused")
        assert server.process.poll() is None
        (server.control / "release").touch()
        assert response.read() == b"done"
        assert server.wait() == 0
        assert not any(map(alive, workers))
        assert len(list(server.control.glob("closed-*"))) == 2
        assert (server.control / "job-closed").exists()


def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    with Running(tmp_path).ready() as server:
        slow = server.connect()
        slow.request("GET", "/hold")
        assert slow.getresponse().read(6) == b"begun "
        server.signal(signal.SIGINT)
        until(lambda: server.reached() is None)
        server.signal(signal.SIGINT)
        assert server.wait() == 1


def test_who_does_not_end_in_time_is_ended(tmp_path: Path) -> None:
    with Running(tmp_path, shutdown_seconds=0, workers=1).ready() as server:
        slow = server.connect()
        slow.request("GET", "/hold")
        assert slow.getresponse().read(6) == b"begun "
        server.signal(signal.SIGTERM)
        assert server.wait() == 0


def test_nothing_outlives_the_supervisor(tmp_path: Path) -> None:
    with Running(tmp_path).ready() as server:
        workers, port = server.workers(), server.port
        server.signal(signal.SIGKILL)
        server.wait()
        until(lambda: not any(map(alive, workers)))
        with Running(tmp_path, port=port).ready() as again:
            assert again.port == port


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with Running(tmp_path, port=port) as server:
            assert server.wait() == 1
            assert f"--port: {port} is taken at 127.0.0.1" in server.errors


def test_one_data_folder_takes_one_server(tmp_path: Path) -> None:
    with Running(tmp_path).ready() as first, Running(tmp_path) as second:
        assert second.wait() == 1
        assert f"in use by another server, process {first.process.pid}" in second.errors
        assert str(first.data) in second.errors


def test_a_failed_preparation_is_told(tmp_path: Path) -> None:
    (tmp_path / "control").mkdir()
    (tmp_path / "control" / "unprepared").touch()
    with Running(tmp_path) as server:
        assert server.wait() == 1
        assert "kangaroo: database is unavailable for the moment: it sleeps" in server.errors


def test_a_crash_while_preparing_is_told(tmp_path: Path) -> None:
    (tmp_path / "control").mkdir()
    (tmp_path / "control" / "crash").touch()
    with Running(tmp_path) as server:
        assert server.wait() == 1
        assert "RuntimeError: crash" in server.errors


def test_it_gives_up_when_workers_cannot_start(tmp_path: Path) -> None:
    (tmp_path / "control").mkdir()
    (tmp_path / "control" / "broken").touch()
    with Running(tmp_path) as server:
        assert server.wait() == 1
        assert "giving up" in server.errors


def test_requests_have_names_in_answers_and_logs(tmp_path: Path) -> None:
    with Running(tmp_path, admin_password="swordfish").ready() as server:
        connection = server.connect()
        connection.request("GET", "/fail", headers={"X-Request-Id": "from-proxy.1"})
        response = connection.getresponse()
        assert response.status == 500
        response.read()
        connection.request("GET", "/pid", headers={"X-Request-Id": "evil id"})
        assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]+", connection.getresponse().headers["X-Request-Id"])
        named = [line for line in server.lines() if line.get("request") == "from-proxy.1"]
        assert [line["event"] for line in named] == ["request", "Exception in ASGI application\n"]
        assert "swordfish" not in server.errors
        assert "with the password ***" in named[1]["exception"]


def test_readiness_names_each_part(tmp_path: Path) -> None:
    with Running(tmp_path, workers=1).ready() as server:
        assert server.ask("/readyz") == (
            200,
            '{"status":"ready","parts":{"database":{"ok":true},"storage":{"ok":true}}}',
        )
        (server.control / "no-storage").touch()
        until(lambda: server.ask("/readyz")[0] == 503)
        body = server.ask("/readyz")[1]
        assert '"storage":{"ok":false,"reason":"disk gone"}' in body
        assert '"database":{"ok":true}' in body


def _numbers(server: Running) -> dict[str, float]:
    lines = server.ask("/metrics")[1].splitlines()
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}


def test_metrics_add_up_all_workers_and_outlive_them(tmp_path: Path) -> None:
    with Running(tmp_path).ready() as server:
        seen = {server.reached() for _ in range(200)}
        asked = 200
        assert len(seen) == 2
        assert server.ask("/echo", "POST", b"x" * 1000)[0] == 200
        assert server.ask("/nowhere")[0] == 404
        numbers = _numbers(server)
        answered = 'kangaroo_http_requests_total{method="GET",route="pid",status="2xx"}'
        assert numbers[answered] == asked
        assert numbers['kangaroo_cache_lookups_total{cache="tags",outcome="hit"}'] == asked
        assert numbers['kangaroo_http_received_bytes_total{method="POST",route="echo"}'] == 1000
        assert numbers['kangaroo_http_sent_bytes_total{method="POST",route="echo"}'] == 1000
        assert numbers['kangaroo_http_requests_total{method="GET",route="nowhere",status="4xx"}'] == 1
        assert numbers["kangaroo_uploads_under_way"] == 0
        assert numbers['kangaroo_jobs{kind="gc",state="pending"}'] == 2
        duration = 'kangaroo_http_request_duration_seconds_bucket{le="+Inf",method="GET",route="pid"}'
        assert numbers[duration] == asked
        for name in ("http-0", "http-1", "jobs"):
            assert numbers[f'kangaroo_process_resident_memory_bytes{{process="{name}"}}'] > 1 << 20

        before = server.workers()
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        until(lambda: len(server.workers() - before) == 3)
        until(server.reached)
        after = _numbers(server)
        assert after[answered] > asked
        assert after['kangaroo_process_starts_total{process="jobs"}'] == 2
