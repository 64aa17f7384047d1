"""Property tests draw the same examples everywhere; the cache of one test is not that of another."""

from __future__ import annotations

from collections.abc import Callable
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


@pytest.fixture(scope="session")
def engines() -> None:
    """The engines, loaded once here instead of in every process that a test starts."""
    from verify.runner import preload

    preload(all_engines=True)


@pytest.fixture
def decided(request: pytest.FixtureRequest) -> Callable[[str, bool], None]:
    """Counts for the summary whether a statement of some kind was decided."""

    def count(kind: str, settled: bool) -> None:
        request.node.user_properties.append(("decided", [kind, settled]))

    return count


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    shares: dict[str, list[bool]] = {}
    for report in [*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])]:
        for name, value in getattr(report, "user_properties", []):
            if name == "decided" and report.when == "call":
                shares.setdefault(value[0], []).append(value[1])
    for kind, settled in sorted(shares.items()):
        share = sum(settled) / len(settled)
        terminalreporter.write_line(f"{kind} decided: {sum(settled)} of {len(settled)} ({share:.0%})")
