"""What the process that trains a cell is told."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

FAULTS = """
import resource, sys
import numpy as np
from training.experiments.working import keep_freed_memory
if sys.argv[1] == "kept":
    assert keep_freed_memory()
blocks = [np.ones(2**18) for _ in range(2)]  # 2 MB each
count = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_minflt
before = count()
for _ in range(20):
    del blocks
    blocks = [np.ones(2**23), np.ones(2**23)]  # 64 MB each
print(count() - before)
"""


def _faults(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", FAULTS, how], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc that can be told")
def test_what_is_freed_is_kept_for_what_is_asked_for_next() -> None:
    assert 2 * _faults("kept") < _faults("given back")
