"""The papers' claims, one item a claim, against the lock file: ``pytest tests/test_papers.py -m certified``."""

from __future__ import annotations

import pytest

from verify import lock as locking
from verify.catalogue import jobs
from verify.gate import compare
from verify.judge import Settings
from verify.plugin import explanation
from verify.runner import Job, verify

PATH = locking.default_path()
LOCK = locking.read(PATH) if PATH.is_file() else {}
JOBS = jobs()
# More time than a run has: a slow machine must not decide.
SETTINGS = Settings(seconds=20.0, hypotheses=False, simulate=False)


def items() -> list:
    return [pytest.param(job, id=job.id, marks=marks(job.id)) for job in JOBS]


def marks(name: str) -> list[pytest.MarkDecorator]:
    tier = LOCK.get(name, {}).get("tier", "none")
    return [] if tier == "none" else [getattr(pytest.mark, tier)]


@pytest.mark.usefixtures("engines")
@pytest.mark.parametrize("job", items())
def test_claim(job: Job) -> None:
    record = verify([job], SETTINGS)[0]
    worse = [d.text for d in compare([record], LOCK, partial=True) if d.blocks]
    assert not worse, "\n".join([*worse, explanation(record)])


def test_the_lock_file_speaks_of_the_claims_there_are() -> None:
    assert sorted(LOCK) == sorted(job.id for job in JOBS)
