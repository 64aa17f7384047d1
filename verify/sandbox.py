"""One function in a process of its own, under limits of time and memory.

A prover may loop for ever, in Python or in C, may ask for all the memory there is, or may bring the interpreter
down. ``run`` turns each of these into a value. The child leads a process group, so that whatever it starts is
killed with it; on Linux the kernel also kills it when the process that started it dies.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import importlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

T = TypeVar("T")

# A fork shares the libraries that are loaded already; where forking is unsafe a server forks from a clean state.
START_METHOD = os.environ.get("MIRRORPROOF_START") or ("fork" if sys.platform.startswith("linux") else "forkserver")
_CONTEXT: Any = multiprocessing.get_context(START_METHOD)
_PR_SET_PDEATHSIG = 1
_UNLIMITED = 60.0 * 60 * 24


@dataclass(frozen=True)
class Done(Generic[T]):
    """The function returned ``value`` after ``seconds``."""

    value: T
    seconds: float


@dataclass(frozen=True)
class TimedOut:
    """The function was killed when its wall time was over."""

    seconds: float


@dataclass(frozen=True)
class OutOfMemory:
    """The function asked for more memory than it may have."""

    seconds: float = 0.0


@dataclass(frozen=True)
class Crashed:
    """The function raised, or its process ended without an answer; ``detail`` is one line."""

    detail: str
    seconds: float = 0.0


Outcome = Done[T] | TimedOut | OutOfMemory | Crashed


class _Starter:
    """Processes are started one at a time, so that no child inherits the pipe ends of another."""

    lock = threading.Lock()


def run(
    function: Callable[..., T],
    args: Sequence[Any] = (),
    seconds: float | None = 8.0,
    memory_mb: int | None = 1024,
) -> Outcome[T]:
    """``function(*args)`` in a process of its own.

    function: defined at module level. seconds: wall time, at least 0; None for no limit. memory_mb: address space
    beyond what the child starts with; None for no limit (systems other than Linux may not enforce it). The value
    must be picklable. Never raises for what the function does; an exception in the caller, KeyboardInterrupt
    too, kills the child first.
    """
    begun = time.monotonic()
    message: tuple[str, Any] = ("", None)
    receiver, sender = _CONTEXT.Pipe(duplex=False)
    child = _CONTEXT.Process(target=_child, args=(sender, os.getpid(), function, tuple(args), memory_mb), daemon=False)
    try:
        _start(child, sender)
        left = (_UNLIMITED if seconds is None else seconds) - (time.monotonic() - begun)
        message = _receive(receiver, child, max(left, 0.0))
    finally:
        receiver.close()
        _end(child, answered=message[0] in ("done", "crashed", "memory"))
    spent = time.monotonic() - begun
    kind, value = message
    if kind == "done":
        return Done(value, spent)
    if kind == "timeout":
        return TimedOut(spent)
    if kind == "memory":
        return OutOfMemory(spent)
    if kind == "ended":
        value = _ending(child.exitcode)
    return Crashed(value, spent)


def preload(modules: Sequence[str]) -> None:
    """Load the modules, so that the processes started from here on need not; one that is missing is no error."""
    if START_METHOD == "forkserver":
        _CONTEXT.set_forkserver_preload(list(modules))
        return
    for name in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _start(child: BaseProcess, sender: Connection) -> None:
    with _Starter.lock, warnings.catch_warnings():
        # A caller may own threads (a live table, an executor); the child touches none of their locks.
        warnings.simplefilter("ignore", DeprecationWarning)
        # The workers of some executors are daemons, which may have no children; these die with them in any case.
        multiprocessing.current_process().daemon = False
        child.start()
        sender.close()


def _receive(receiver: Connection, child: BaseProcess, left: float) -> tuple[str, Any]:
    ready = multiprocessing.connection.wait([receiver, child.sentinel], timeout=left)
    if not ready:
        return "timeout", None
    if receiver not in ready and not receiver.poll(0):
        return "ended", None
    try:
        message: tuple[str, Any] = receiver.recv()
        return message
    except (EOFError, OSError):
        child.join(1.0)
        return "ended", None
    except Exception as error:  # an answer whose class cannot be rebuilt on this side
        return "crashed", f"the answer cannot be read: {type(error).__name__}: {error}"


def _end(child: BaseProcess, answered: bool) -> None:
    """End the child and everything it started; before it is waited for, so that its group still bears its number."""
    if child.pid is None:
        return
    if answered or multiprocessing.connection.wait([child.sentinel], timeout=0):
        _kill_group(child.pid)
        child.kill()
    else:
        _kill_tree(child.pid)
    child.join()


def _kill_tree(pid: int) -> None:
    """Kill a process with all its descendants, those that lead groups of their own included."""
    import psutil

    try:
        root = psutil.Process(pid)
        family = [root, *root.children(recursive=True)]
    except psutil.Error:
        return
    for process in family:
        _kill_group(process.pid)
        with contextlib.suppress(psutil.Error):
            process.kill()


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if pid != os.getpgrp():
            os.killpg(pid, signal.SIGKILL)


def _ending(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        try:
            return f"killed by {signal.Signals(-exitcode).name}"
        except ValueError:
            return f"killed by signal {-exitcode}"
    return f"ended without an answer (exit status {exitcode})"


def _child(
    sender: Connection, parent: int, function: Callable[..., Any], args: tuple[Any, ...], memory_mb: int | None
) -> None:
    _Starter.lock = threading.Lock()
    gc.freeze()  # what came with the fork is not looked through again, so its pages stay shared
    _settle(parent)
    restore = _limit_memory(memory_mb)
    try:
        message: tuple[str, Any] = ("done", function(*args))
    except MemoryError:
        message = ("memory", None)
    except BaseException as error:
        message = ("crashed", _one_line(error))
    restore()
    try:
        sender.send(message)
    except (MemoryError, OSError):
        os._exit(1)
    except Exception as error:
        sender.send(("crashed", f"the answer cannot be sent: {_one_line(error)}"))


def _settle(parent: int) -> None:
    """A group of its own, no interrupts from the terminal, no standard output, no life after the parent's."""
    with contextlib.suppress(OSError):
        os.setpgid(0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with contextlib.suppress(OSError):
        os.dup2(2, 1)  # standard output belongs to the one who asked
    sys.stdout = sys.stderr
    faulthandler.disable()  # a crash is an answer here, not something to be traced on the terminal
    die_with_parent(parent)


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when ``parent`` dies; where another process forked it, watch for that."""
    if START_METHOD == "fork" and sys.platform.startswith("linux"):
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    else:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: int) -> None:
    while True:
        try:
            os.kill(parent, 0)
        except OSError:
            _kill_group(os.getpid())
            os._exit(1)
        time.sleep(0.5)


def _limit_memory(memory_mb: int | None) -> Callable[[], None]:
    """Limit the address space from here on; returns what lifts the limit again, so that an answer can be sent."""
    if memory_mb is None:
        return lambda: None
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    used = _address_space()
    if used == 0:
        return lambda: None
    limit = used + memory_mb * 2**20
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))

    def lift() -> None:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))

    return lift


def _address_space() -> int:
    """Bytes of address space in use; 0 where the system does not tell."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError):
        return 0


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}"[:500] if text else type(error).__name__
