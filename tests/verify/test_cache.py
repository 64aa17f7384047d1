"""The cache may save time and nothing else."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from tests.verify.oracle import answer, job, oracle, statement
from verify import cache as caching
from verify.cache import Cache, lasting
from verify.catalogue import functions
from verify.judge import Settings
from verify.records import judged
from verify.runner import Job, settings_json, verify

__all__ = ["oracle"]

SETTINGS = Settings(seconds=4.0)


def kept(root: Path, name: str = "x", settings: Settings = SETTINGS) -> Cache:
    store = Cache(root, settings_json(settings))
    store.keep(statement(name), judged(answer(statement(name), settings), 0.5))
    return store


def module_of(name: str) -> str:
    return functions()[name][1].write.__module__


def entry(root: Path) -> Path:
    (path,) = root.rglob("*.json")
    return path


def test_what_was_judged_is_not_judged_again(oracle: Path, own_cache: Path) -> None:
    jobs = [job("a"), job("b", "wrong")]
    first = verify(jobs, SETTINGS, workers=1, cache=own_cache)
    asked = oracle.read_text()
    second = verify(jobs, SETTINGS, workers=1, cache=own_cache)
    assert oracle.read_text() == asked
    assert [{k: v for k, v in r.items() if k != "cached"} for r in second] == first
    verify(jobs, SETTINGS, workers=1, cache=None)
    assert len(oracle.read_text()) == 2 * len(asked)


@pytest.mark.parametrize(("name", "stays"), [("x", True), ("wrong", True), ("open", True), ("late", False)])
def test_a_time_out_is_not_kept(tmp_path: Path, name: str, stays: bool) -> None:
    store = kept(tmp_path, name)
    assert (store.recall(statement(name)) is not None) is stays


@pytest.mark.parametrize("verdict", ["error", "conflict"])
def test_a_defect_is_not_kept(verdict: str) -> None:
    assert not lasting({"verdict": verdict, "evidence": [], "seconds": 0.0}, 8.0)


def test_other_settings_sources_or_libraries_are_a_miss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept(tmp_path).recall(statement("x"))
    assert Cache(tmp_path, settings_json(Settings(seconds=4.0, seed=7))).recall(statement("x")) is None
    assert Cache(tmp_path, settings_json(SETTINGS)).recall(statement("y")) is None
    with monkeypatch.context() as patch:
        patch.setattr(caching, "library_versions", lambda: {"sympy": "9"})
        assert Cache(tmp_path, settings_json(SETTINGS)).recall(statement("x")) is None
    with monkeypatch.context() as patch:
        patch.setattr(caching, "source_hash", lambda: "other")
        assert Cache(tmp_path, settings_json(SETTINGS)).recall(statement("x")) is None


def flip(text: str) -> str:
    whole = json.loads(text)
    whole["judged"]["verdict"] = "fails"
    return json.dumps(whole)


def other_statement(text: str) -> str:
    return json.dumps(json.loads(text) | {"statement": "x real; 0 == 1"})


@pytest.mark.parametrize(
    "spoil", [lambda t: "", lambda t: t[: len(t) // 2], lambda t: "[]", lambda t: "null", flip, other_statement]
)
def test_a_spoilt_entry_is_a_miss(tmp_path: Path, spoil) -> None:
    store = kept(tmp_path)
    path = entry(tmp_path)
    path.write_text(spoil(path.read_text()))
    assert store.recall(statement("x")) is None


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert kept(blocked).recall(statement("x")) is None


def test_what_nobody_used_for_a_month_goes(tmp_path: Path) -> None:
    store = kept(tmp_path)
    old, young, foreign = tmp_path / ("0" * 16), tmp_path / ("1" * 16), tmp_path / "notes"
    for folder in (old, young, foreign):
        folder.mkdir()
    long_ago = time.time() - 2 * caching.KEPT_SECONDS
    for folder in (old, foreign, tmp_path / store.generation):
        os.utime(folder, (long_ago, long_ago))
    store.prune()
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([young.name, foreign.name, store.generation])


def test_the_hash_covers_what_bears_on_a_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("verify/cache.py", "verify/provers/exact.py", "theory/metric.py", "verify/cli/show.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("1")
    monkeypatch.setattr(caching, "__file__", str(tmp_path / "verify" / "cache.py"))

    def hash_after(name: str) -> str:
        (tmp_path / name).write_text("2")
        caching.source_hash.cache_clear()
        return caching.source_hash()

    caching.source_hash.cache_clear()
    hashes = [caching.source_hash()]
    hashes += [hash_after(n) for n in ("verify/cli/show.py", "verify/provers/exact.py", "theory/metric.py")]
    caching.source_hash.cache_clear()
    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 3


def test_a_claim_of_a_paper_is_not_built_again(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = [Job("fig2-metric-exponent", module=module_of("fig2-metric-exponent"), paper="never-saddle")]
    (first,) = verify(jobs, SETTINGS, workers=1, cache=own_cache)
    monkeypatch.setattr(Job, "build", lambda self: pytest.fail("built again"))
    (second,) = verify(jobs, SETTINGS, workers=1, cache=own_cache)
    assert second.pop("cached") is True
    assert second == first


def test_a_claim_of_changed_sources_is_a_miss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, module = Cache(tmp_path, settings_json(SETTINGS)), "verify.papers.never_saddle.balance"
    store.keep_claim("x", module, {"id": "x"})
    assert store.recall_claim("x", module) == {"id": "x", "cached": True}
    assert store.recall_claim("y", module) is None
    monkeypatch.setattr(caching, "paper_hash", lambda module: "another")
    assert store.recall_claim("x", module) is None
