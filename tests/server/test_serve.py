"""`guiju serve` from outside: up, well, hurt, well again, and gone without a trace."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import time
from functools import partial
from pathlib import Path

import psutil
import pytest

from guiju.config.environment import DatabaseRole
from tests.server.house import RECOVERY, House, guiju, open_house, wait_until

pytestmark = [pytest.mark.xdist_group("house"), pytest.mark.faults]
WELL = {"status": "ok", "database": True, "migrations": True, "worker": True, "clock": True}


def test_first_start_on_an_empty_directory_and_a_second_one(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    with open_house(directory) as house:
        assert house.health() == (200, WELL)
        first_key = (directory / "secrets" / "guiju_app.password").read_text()
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (directory / "secrets").iterdir()}
    assert modes == {f"{role.value}.password": 0o600 for role in DatabaseRole}
    with open_house(directory) as house:
        assert house.health() == (200, WELL)
        assert "migrating" not in house.log().split("stopped")[-1]
    assert (directory / "secrets" / "guiju_app.password").read_text() == first_key


def test_a_part_that_is_killed_comes_back(data_dir: Path) -> None:
    with open_house(data_dir) as house:
        assert house.process is not None
        supervisor = house.process.pid
        for part in ("web", "web worker", "worker", "clock", "database"):
            wait_until(partial(_is_back, house, part, 0), within=RECOVERY, what=f"{part} runs")
            before = house.kill(part)
            took = wait_until(partial(_is_back, house, part, before), within=RECOVERY, what=f"{part} runs again")
            took += house.wait_well()
            assert took < RECOVERY, part
            assert house.process.poll() is None
        assert psutil.pid_exists(supervisor)


def _is_back(house: House, part: str, before: int) -> bool:
    try:
        now = house.pid_of(part)
        return now != before and psutil.Process(now).status() != psutil.STATUS_ZOMBIE
    except (FileNotFoundError, StopIteration, IndexError, ValueError, psutil.NoSuchProcess):
        return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything(house: House, number: signal.Signals) -> None:
    house.start()
    everybody = house.everybody()
    assert len(everybody) >= 8
    begun = time.monotonic()
    assert house.stop(number) == 0
    assert time.monotonic() - begun < 30
    _gone, left = psutil.wait_procs(everybody, timeout=1)
    assert left == []
    assert not (house.data_dir / "postgres" / "postmaster.pid").exists()


def test_a_signal_while_preparing_ends_everything(tmp_path: Path) -> None:
    house = House(tmp_path / "data")
    house.start(well=False)
    wait_until(lambda: "migrating" in house.log(), within=30, what="migrations began")
    everybody = house.everybody()
    assert house.stop() == 0
    _gone, left = psutil.wait_procs(everybody, timeout=1)
    assert left == []


def test_after_the_supervisor_is_killed_a_new_one_takes_over(data_dir: Path) -> None:
    first = House(data_dir)
    first.start()
    orphans = first.everybody()[1:]
    assert first.process is not None
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    with open_house(data_dir) as second:
        assert second.health() == (200, WELL)
        kept = {process.pid for process in second.everybody()}
        leftover = [process for process in orphans if process.is_running() and process.pid not in kept]
        assert [process for process in leftover if process.status() != psutil.STATUS_ZOMBIE] == []
    _gone, left = psutil.wait_procs(orphans, timeout=5)
    assert left == []


def test_others_beside_a_running_house_leave_it_alone(data_dir: Path) -> None:
    with open_house(data_dir) as house:
        database = house.pid_of("database")
        second = guiju(data_dir, "serve", "--port", "1")
        assert second.returncode == 1
        assert "another `guiju serve` uses" in second.stderr
        report = guiju(data_dir, "doctor", "--json")
        assert '"check": "serving"' in report.stdout
        assert "worker and clock run" in report.stdout
        assert house.pid_of("database") == database
        assert house.health() == (200, WELL)


def test_a_command_alone_starts_the_database_and_stops_it(data_dir: Path) -> None:
    report = guiju(data_dir, "doctor")
    assert "FAIL migrations" not in report.stdout
    assert "ok   sign-in" in report.stdout
    assert not (data_dir / "postgres" / "postmaster.pid").exists()


def test_a_busy_port_is_tried_again_until_it_is_free(data_dir: Path) -> None:
    house = House(data_dir)
    blocker = subprocess.Popen(
        ["python3", "-c", f"import socket,time; s=socket.create_server(('127.0.0.1', {house.port})); time.sleep(300)"]
    )
    try:
        house.start(well=False)
        wait_until(lambda: "web ended" in house.log(), within=30, what="the web server gave up")
        blocker.kill()
        blocker.wait()
        house.wait_well()
    finally:
        blocker.kill()
        house.stop()
