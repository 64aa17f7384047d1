"""Property tests draw the same examples everywhere; the cache of one test is not that of another."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

pytest_plugins = ["pytester"]

settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the cache while a test runs."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("MIRRORPROOF_CACHE", str(folder))
    return folder
