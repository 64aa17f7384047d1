"""An existing Dask cluster as an executor, whose workers must run the same mirrorproof on the same libraries as here.

Nothing that a worker finds out depends on which worker it is, and a task that a dead worker leaves behind is done by
another; both would be untrue of workers with other sources, so each task is refused where it meets one.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
CONNECT_SECONDS = 10
NEEDED = "--cluster needs the package distributed: pip install 'mirrorproof[cluster]'"
PACKAGES = ("theory", "numerics", "training", "verify")


class ClusterError(RuntimeError):
    """A cluster that cannot be used; the message is one line."""


class ForeignWorker(ClusterError):
    """A worker whose mirrorproof, or one of its libraries, is another than here."""


def identity() -> dict[str, str]:
    """What must be the same everywhere: versions of mirrorproof and of its libraries, and a hash of its sources."""
    from verify import records
    from verify.cache import library_versions

    return {"mirrorproof": records.version(), "sources of mirrorproof": sources()} | library_versions()


@lru_cache(maxsize=1)
def sources() -> str:
    """A hash of the sources, as they are when it is first asked for."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for package in PACKAGES:
        for file in sorted((root / package).rglob("*.py")):
            digest.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def difference(there: Mapping[str, str], here: Mapping[str, str]) -> str:
    """In what a worker differs, in words; empty where it does not."""
    found = [f"{k} {there.get(k, 'absent')} there, {here[k]} here" for k in here if there.get(k) != here[k]]
    return "; ".join(found)


def guarded(here: Mapping[str, str], function: Callable[..., T], *args: Any) -> T:
    """``function(*args)`` on a worker that is the same as the one who asked; raises ForeignWorker elsewhere."""
    differs = difference(identity(), here)
    if differs:
        raise ForeignWorker(f"a worker differs: {differs}")
    return function(*args)


class Guarded(Executor):
    """An executor that hands each task to another one, with what its worker must be."""

    def __init__(self, inner: Executor) -> None:
        self.inner = inner

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        return self.inner.submit(guarded, identity(), fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.inner.shutdown(wait and not cancel_futures)


@contextmanager
def connected(address: str, *, waiting: Callable[[str], None] | None = None) -> Iterator[Executor]:
    """The executor of the Dask cluster at this address; what is still under way at the end is cancelled.

    waiting: called with a line where there is no worker yet. Raises ClusterError where nobody answers or a worker
    differs from here.
    """
    try:
        from distributed import Client, Security
        from distributed.comm import connect
    except ImportError:
        raise ClusterError(NEEDED) from None
    for name in ("distributed", "distributed.client", "distributed.comm", "distributed.core"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # what goes wrong is told here, in one line

    async def knock() -> None:  # a client that nobody answers cannot be closed without a wait
        comm = await connect(address, timeout=CONNECT_SECONDS, **Security().get_connection_args("client"))
        comm.abort()

    try:
        asyncio.run(knock())
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except Exception as error:  # whatever an address can be wrong in
        text = " ".join(str(error).split())
        why = f"{type(error).__name__}: {text}"
        raise ClusterError(f"no Dask cluster can be reached at {address}: {why}"[:300]) from None
    try:
        _compare(client.run(identity, on_error="return"))
        if waiting and not client.scheduler_info(n_workers=-1)["workers"]:
            waiting(f"the cluster at {address} has no workers yet; waiting for them")
        executor = client.get_executor(pure=False)
        try:
            yield Guarded(executor)
        finally:
            executor.shutdown(wait=False)
    finally:
        client.close()


def _compare(found: Mapping[str, Any]) -> None:
    here = identity()
    for worker, there in found.items():
        if isinstance(there, (ImportError, AttributeError)):
            raise ForeignWorker(f"worker {worker}: mirrorproof is not installed there, or is another version ({there})")
        if isinstance(there, OSError):
            continue  # it is gone already; another will do its work
        if not isinstance(there, Mapping):
            raise ForeignWorker(f"worker {worker}: {type(there).__name__}: {' '.join(str(there).split())}"[:300])
        differs = difference(there, here)
        if differs:
            raise ForeignWorker(f"worker {worker}: {differs}")
