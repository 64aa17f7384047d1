"""Somebody who reads a page."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.reader import Reader


@pytest.fixture
def reader(tmp_path: Path, own_cache: Path, pytestconfig: pytest.Config) -> Iterator[Reader]:
    made = Reader(tmp_path, own_cache, pytestconfig._parser)
    yield made
    made.close()
    shutil.rmtree(made.root / ".venv", ignore_errors=True)  # a gigabyte, where it was made by a page
