"""Work that must come to an end, held to processor time: what else the machine does must not decide a test."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TooLong(AssertionError):
    """The work was still going on when its time was over."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raises ``TooLong`` once this process has worked so long, in Python or in the system."""

    def over(number: int, frame: FrameType | None) -> None:
        raise TooLong(f"still at work after {seconds:g} s of processor time")

    before = signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)
        signal.signal(signal.SIGPROF, before)
