from __future__ import annotations

import time

import pytest

from tests.limits import TooLong, within


def test_work_without_end_is_ended() -> None:
    with pytest.raises(TooLong, match="processor time"), within(0.05):
        while True:
            pass


def test_waiting_is_no_work() -> None:
    with within(0.05):
        time.sleep(0.2)


def test_what_comes_after_has_no_limit() -> None:
    with within(0.05):
        pass
    begun = time.process_time()
    while time.process_time() - begun < 0.1:
        pass
