"""The pytest plugin: ``pytest --mirrorproof FILE.toml`` collects the claims of a file, one item a claim.

A claim that fails is a failure and shows its counterexample. An undecided claim is an outcome of its own (``U``),
which fails the run only under ``--mirrorproof-strict``. ``-m certified`` (or any other tier) selects by what was found
out: the claims are then verified before they are collected. Only the files named (of a folder: the TOML files that
state claims, and ``claims*.py`` and ``*_claims.py``) are collected, unless paths are too; a TOML file that states
claims is collected as well where it is itself such a path. The setting ``mirrorproof_files`` names the claims files
(``claims.toml *_claims.py``) that are collected wherever pytest looks.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Generator, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from verify.records import Record
    from verify.runner import Job

MARKERS = ("sampled", "simulated", "symbolic", "certified", "formal")
OUTCOME = "undecided"
FOLDER_PYTHON = ("claims*.py", "*_claims.py")  # of a folder that is named: a Python file is executed
MOST_BYTES = 1 << 20
PATTERNS = "mirrorproof_files"
_records = pytest.StashKey[dict[str, Any]]()
_named = pytest.StashKey[list[Path]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("mirrorproof", "verification of claims")
    group.addoption(
        "--mirrorproof", action="append", default=[], metavar="FILE", dest="mirrorproof",
        help="verify the claims of this file (TOML; a .py file is executed) or folder; may be repeated",
    )  # fmt: skip
    parser.addini(PATTERNS, "names of claims files to collect, as in: claims.toml *_claims.py", type="args", default=[])
    group.addoption("--mirrorproof-strict", action="store_true", help="an undecided claim is a failure")
    group.addoption("--mirrorproof-seconds", type=_time, default=8.0, metavar="S", help="time for one statement")
    group.addoption("--mirrorproof-no-cache", action="store_true", help="neither read nor write the cache")


def _time(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 86400:
        raise argparse.ArgumentTypeError(f"{text} is no time above 0 s and up to a day")
    return seconds


def pytest_configure(config: pytest.Config) -> None:
    for tier in MARKERS:
        config.addinivalue_line("markers", f"{tier}: a claim whose verdict is of the tier '{tier}'")
    files = _files(config)
    if files:
        named = config.args_source is pytest.Config.ArgsSource.ARGS
        args = list(config.args) if named else []
        known = {_resolve(config, arg.split("::")[0]) for arg in args}
        config.args[:] = args + [str(file) for file in files if file not in known]
    given = getattr(config, "workerinput", {}).get("mirrorproof")
    if given is not None:
        config.stash[_records] = json.loads(given)
    elif _selects_by_tier(config) and not config.option.help:
        config.stash[_records] = _verify_all(config, _everywhere(config))


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Hand what was verified beforehand to a worker of pytest-xdist."""
    found = node.config.stash.get(_records, None)
    if found is not None:
        node.workerinput["mirrorproof"] = json.dumps(found)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    named = parent.session.isinitpath(file_path) and _states_claims(file_path)
    if named or file_path.resolve() in _files(parent.config) or _is_claims_file(parent.config, file_path):
        collector: pytest.Collector = ClaimsModule.from_parent(parent, path=file_path)
        return collector
    return None


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A Python file of claims is no module of tests, even where it is named, unless it is called like one."""
    config = parent.config
    own = module_path.resolve() in _files(config) or _is_claims_file(config, module_path)
    if not own or any(fnmatch(module_path.name, pattern) for pattern in config.getini("python_files")):
        return None
    empty: pytest.Collector = NoTests.from_parent(parent, path=module_path)
    return empty


class NoTests(pytest.File):
    """A file in which there are no tests to collect."""

    def collect(self) -> list[pytest.Item]:
        return []


class ClaimsModule(pytest.File):
    """A claims file."""

    def collect(self) -> Iterator[pytest.Item]:
        from verify.loading import UnreadableFile, file_jobs

        try:
            jobs = file_jobs(self.path)
        except UnreadableFile as error:
            raise self.CollectError(str(error)) from None
        found = self.config.stash.get(_records, {})
        for job in jobs:
            item: ClaimItem = ClaimItem.from_parent(self, name=job.id)
            item.job = job
            item.record = found.get(f"{self.path.resolve()}::{job.id}")
            if item.record is not None and item.record["tier"] in MARKERS:
                item.add_marker(item.record["tier"])
            yield item


class DoesNotHold(Exception):
    """A claim that fails, or that the tool could not judge."""


class Undecided(Exception):
    """A claim on which nothing was proved either way."""


class ClaimItem(pytest.Item):
    """One claim."""

    job: Job
    record: Record | None

    def runtest(self) -> None:
        if self.record is None:
            self.record = verified(self.config, [self.job])[0]
        verdict = self.record["verdict"]
        self.user_properties.extend([("verdict", verdict), ("tier", self.record["tier"])])
        if verdict == "holds":
            return
        if verdict == "undecided":
            raise Undecided
        raise DoesNotHold

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if self.record is not None and isinstance(excinfo.value, (DoesNotHold, Undecided)):
            return explanation(self.record)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"claim {self.name}"


def explanation(record: Record) -> str:
    """Why a claim does not hold, for a person."""
    from verify.cli.show import findings

    place = f" ({record['place']})" if record.get("place") else ""
    return "\n".join([f"{record['id']}{place}: {record['verdict']}", *(f"  {line}" for line in findings(record))])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    excinfo = call.excinfo
    if isinstance(item, ClaimItem) and excinfo is not None and isinstance(excinfo.value, Undecided):
        report.mirrorproof = OUTCOME
        if not item.config.getoption("mirrorproof_strict"):
            report.outcome = "skipped"
            report.longrepr = (str(item.path), 0, str(report.longrepr))
    return report


def pytest_report_teststatus(report: Any, config: pytest.Config) -> tuple[str, str, Any] | None:
    if getattr(report, "mirrorproof", None) == OUTCOME and report.outcome == "skipped":
        return OUTCOME, "U", ("UNDECIDED", {"yellow": True})
    return None


def pytest_terminal_summary(terminalreporter: Any) -> None:
    reports = terminalreporter.stats.get(OUTCOME, [])
    if reports:
        terminalreporter.section("undecided claims")
        for report in reports:
            terminalreporter.line(report.longrepr[2])


def _files(config: pytest.Config) -> list[Path]:
    """The claims files that the option names, those in a folder in order of their paths."""
    if _named not in config.stash:
        found: list[Path] = []
        for name in config.getoption("mirrorproof", None) or []:
            path = _resolve(config, name)
            found += [f for f in _below(config, path) if _is_in_folder(f)] if path.is_dir() else [path]
        config.stash[_named] = list(dict.fromkeys(found))
    return config.stash[_named]


def _is_in_folder(file: Path) -> bool:
    return _states_claims(file) or any(fnmatch(file.name, pattern) for pattern in FOLDER_PYTHON)


def _is_claims_file(config: pytest.Config, file: Path) -> bool:
    return any(fnmatch(file.name, pattern) for pattern in config.getini(PATTERNS))


def _states_claims(file: Path) -> bool:
    """Whether a TOML file has a table ``[[claim]]``; what is wrong with it is told when it is read."""
    if file.suffix != ".toml" or not file.is_file() or file.stat().st_size > MOST_BYTES:
        return False
    return any(line.lstrip().startswith(b"[[claim]]") for line in file.read_bytes().splitlines())


def _everywhere(config: pytest.Config) -> list[Path]:
    """Every claims file that will be collected."""
    found = []
    for arg in config.args:
        path = _resolve(config, arg.split("::")[0])
        if path.is_dir():
            found += [file for file in _below(config, path) if _is_claims_file(config, file)]
        elif path in _files(config) or _states_claims(path) or _is_claims_file(config, path):
            found.append(path)
    return list(dict.fromkeys(found))


def _below(config: pytest.Config, folder: Path) -> Iterator[Path]:
    """The files in a folder and in those below it that pytest would enter."""
    skipped = config.getini("norecursedirs")
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(f for f in folders if not any(fnmatch(f, pattern) for pattern in skipped))
        yield from (Path(root) / name for name in sorted(names))


def _resolve(config: pytest.Config, name: str) -> Path:
    return (config.invocation_params.dir / name).resolve()


def _selects_by_tier(config: pytest.Config) -> bool:
    import re

    return bool(set(re.findall(r"\w+", config.getoption("markexpr", "") or "")) & set(MARKERS))


def _verify_all(config: pytest.Config, files: list[Path]) -> dict[str, Record]:
    from verify.loading import UnreadableFile, file_jobs

    found: dict[str, Record] = {}
    for file in files:
        try:
            jobs = file_jobs(file)
        except UnreadableFile:
            continue  # told when the file is collected
        found |= {f"{file.resolve()}::{record['id']}": record for record in verified(config, jobs)}
    return found


def verified(config: pytest.Config, jobs: list[Job]) -> list[Record]:
    """The records of the jobs under the options of this pytest run."""
    from verify.cache import default_root
    from verify.judge import Settings
    from verify.runner import Interrupted, verify

    cache = None if config.getoption("mirrorproof_no_cache") else default_root()
    try:
        return verify(jobs, Settings(seconds=config.getoption("mirrorproof_seconds")), cache=cache)
    except Interrupted:
        raise KeyboardInterrupt from None
