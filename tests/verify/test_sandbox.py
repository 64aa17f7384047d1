"""A prover that hangs, eats memory or dies must come back as a value, and must leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from verify import sandbox
from verify.sandbox import Crashed, Done, OutOfMemory, TimedOut


def add(a: int, b: int) -> int:
    return a + b


def loop() -> None:
    while True:
        pass


def hang_in_c() -> int:
    return len(str(3 ** (10**8)))


def ignore_signals_and_sleep() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(60)


def hog() -> int:
    return len([bytearray(32 * 2**20) for _ in range(32)])


def megabytes(count: int) -> bytes:
    return b"x" * (count * 2**20)


def leave() -> None:
    os._exit(3)


def die() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def fail() -> None:
    raise ValueError("two\nlines")


def unpicklable() -> object:
    return lambda: None


def print_a_word() -> str:
    print("noise", flush=True)
    return "answer"


def start_a_sleeper(note: str) -> None:
    sleeper = subprocess.Popen(["sleep", "60"])
    Path(note).write_text(str(sleeper.pid))
    time.sleep(60)


def nested_sleeper(note: str) -> str:
    outcome = sandbox.run(start_a_sleeper, (note,), seconds=50)
    return type(outcome).__name__


def nested_add() -> object:
    return sandbox.run(add, (1, 2))


def alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        try:
            os.kill(pid, 0)
        except OSError:
            return False
        return not os.path.isdir("/proc/self")


def gone(note: Path) -> bool:
    pid = int(note.read_text())
    for _ in range(400):
        if not alive(pid):
            return True
        time.sleep(0.05)
    return False


def test_the_value_comes_back() -> None:
    outcome = sandbox.run(add, (2, 3))
    assert isinstance(outcome, Done)
    assert outcome.value == 5
    assert outcome.seconds >= 0


@pytest.mark.parametrize("function", [loop, hang_in_c, ignore_signals_and_sleep])
def test_a_hang_is_killed(function) -> None:
    outcome = sandbox.run(function, seconds=0.5)
    assert isinstance(outcome, TimedOut) and outcome.seconds < 30  # each goes on for a minute at least


def test_memory_is_limited_beyond_what_the_child_starts_with() -> None:
    limited = sys.platform.startswith("linux")
    assert isinstance(sandbox.run(hog, seconds=20, memory_mb=256), OutOfMemory if limited else Done)
    assert isinstance(sandbox.run(megabytes, (100,), seconds=20, memory_mb=512), Done)


@pytest.mark.parametrize(
    ("function", "detail"),
    [
        (leave, "ended without an answer (exit status 3)"),
        (die, "killed by SIGSEGV"),
        (fail, "ValueError: two lines"),
        (unpicklable, "the answer cannot be sent"),
    ],
)
def test_an_end_without_an_answer_is_a_crash(function, detail: str) -> None:
    outcome = sandbox.run(function)
    assert isinstance(outcome, Crashed)
    assert outcome.detail.startswith(detail)


def test_a_huge_answer_arrives_whole() -> None:
    outcome = sandbox.run(megabytes, (64,), seconds=30)
    assert isinstance(outcome, Done)
    assert len(outcome.value) == 64 * 2**20


def test_what_the_child_prints_does_not_reach_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    outcome = sandbox.run(print_a_word)
    assert isinstance(outcome, Done)
    assert capfd.readouterr().out == ""


def test_children_of_the_child_are_killed_too(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    assert isinstance(sandbox.run(start_a_sleeper, (str(note),), seconds=1), TimedOut)
    assert gone(note)


def test_a_sandbox_inside_a_sandbox_is_killed_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    assert isinstance(sandbox.run(nested_sleeper, (str(note),), seconds=3), TimedOut)
    assert gone(note)


def test_a_sandbox_inside_a_sandbox_answers() -> None:
    outcome = sandbox.run(nested_add)
    assert isinstance(outcome, Done)
    assert isinstance(outcome.value, Done)
    assert outcome.value.value == 3


def test_an_interrupt_in_the_caller_kills_the_child(tmp_path: Path) -> None:
    script = f"""
        import sys
        sys.path.insert(0, {str(Path.cwd())!r})
        from tests.verify.test_sandbox import start_a_sleeper
        from verify import sandbox
        sandbox.run(start_a_sleeper, ({str(tmp_path / "pid")!r},), seconds=50)
    """
    caller = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)],
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # ignored in the background of a shell
    )
    for _ in range(1200):
        if (tmp_path / "pid").exists() and (tmp_path / "pid").read_text():
            break
        time.sleep(0.05)
    caller.send_signal(signal.SIGINT)
    _, error = caller.communicate(timeout=60)
    assert b"KeyboardInterrupt" in error
    assert gone(tmp_path / "pid")


def test_many_threads_do_not_block_one_another() -> None:
    outcomes: list[object] = []

    def ask(k: int) -> None:
        outcomes.extend(sandbox.run(add, (k, n), seconds=20) for n in range(10))

    threads = [threading.Thread(target=ask, args=(k,)) for k in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(outcomes) == 60
    assert all(isinstance(outcome, Done) for outcome in outcomes)


def test_a_server_that_forks_serves_as_well_where_forking_is_unsafe(tmp_path: Path) -> None:
    script = f"""
        from tests.verify.test_sandbox import add, leave, loop, start_a_sleeper
        from verify import sandbox
        outcomes = [sandbox.run(add, (2, 3)), sandbox.run(loop, seconds=0.5), sandbox.run(leave)]
        outcomes.append(sandbox.run(start_a_sleeper, ({str(tmp_path / "pid")!r},), seconds=5))
        print([type(outcome).__name__ for outcome in outcomes])
    """
    environment = os.environ | {"MIRRORPROOF_START": "forkserver", "PYTHONPATH": str(Path.cwd())}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "['Done', 'TimedOut', 'Crashed', 'TimedOut']", done.stderr
    assert gone(tmp_path / "pid")
