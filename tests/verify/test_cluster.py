"""A Dask cluster of two workers, one of which is killed halfway: nothing is lost, nothing differs from here."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from distributed import Client, LocalCluster

from numerics.experiments import experiment, run
from numerics.experiments.spreading import Wanted, spread
from tests.verify.oracle import job, oracle
from verify import cluster as clusters
from verify.cli import cli
from verify.cluster import ClusterError, ForeignWorker, Guarded, connected, difference, guarded, identity
from verify.judge import Settings
from verify.loading import file_jobs
from verify.runner import Interrupted, verify

__all__ = ["oracle"]

SOURCES = "tested"
QUICK = Settings(seconds=30.0, hypotheses=False)
CLAIM = '[[claim]]\nid = "c-{n}"\ngiven = ["x >= 0"]\nclaim = "x**2 + {n} >= {a}*x"\n'
SWEEP = "samples = 30\nfeatures = 9\nsupport = 2\nsteps = 4000\nrecord_every = 20\nrate = {}\nseeds = [1, 2, 3]\n"


def local_cluster(workers: int, preload: str = "import verify.cluster") -> LocalCluster:
    """Workers that take their sources for those of the tests, even while somebody edits them."""
    texts = [f"import verify.cluster\nverify.cluster.sources = lambda: {SOURCES!r}\n", preload]
    return LocalCluster(
        n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50, preload=texts
    )


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch, local_cluster(2) as cluster:
        patch.setattr(clusters, "sources", lambda: SOURCES)
        yield cluster.scheduler_address


def kill_one(address: str) -> None:
    with Client(address, set_as_default=False) as client:
        victim = min(client.run(os.getpid).values())
    assert victim != os.getpid()
    with contextlib.suppress(ProcessLookupError):
        os.kill(victim, signal.SIGKILL)


def timeless(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What of the records does not depend on how busy the machine is."""
    return [{k: r[k] for k in ("id", "verdict", "tier", "scope", "counterexample", "statement")} for r in records]


def call(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(a) for a in arguments])


@pytest.mark.slow
def test_claims_survive_a_worker_that_is_killed(address: str, tmp_path: Path) -> None:
    file, seen = tmp_path / "claims.toml", []
    file.write_text("\n".join(CLAIM.format(n=n, a=2 + n % 2) for n in range(1, 5)))

    def progress(record: dict, done: int, total: int) -> None:
        seen.append(record["id"])
        if done == 1:
            kill_one(address)

    with connected(address) as executor:
        found = verify(file_jobs(file), QUICK, executor=executor, cache=tmp_path / "cache", progress=progress)
    here = verify(file_jobs(file), QUICK, workers=1)
    assert sorted(seen) == [f"c-{n}" for n in range(1, 5)], "each once"
    assert timeless(found) == timeless(here)
    assert {r["verdict"] for r in found} == {"holds", "fails"}
    again = verify(file_jobs(file), QUICK, executor=None, cache=tmp_path / "cache", workers=1)
    assert all(r.get("cached") for r in again), "what the workers found is in the cache here"


def test_a_sweep_survives_a_worker_that_is_killed(address: str, tmp_path: Path) -> None:
    wanted, told = [], []
    for rate in ("1e-3", "2e-3"):
        file = tmp_path / f"rate-{rate}.toml"
        file.write_text(SWEEP.format(rate))
        wanted.append(Wanted(experiment("ns-figure-1"), tmp_path / "spread" / file.stem, file))

    def progress(done: int, total: int) -> None:
        told.append(done)
        if len(told) == 3:
            kill_one(address)

    with connected(address) as executor:
        found = spread(wanted, executor, progress=progress, leg_seconds=0.05)
    assert found is not None
    assert told == sorted(set(told)), "no part counts twice"
    for w, result in zip(wanted, found, strict=True):
        here = run(w.experiment, tmp_path / "here" / w.folder.name, settings_file=w.settings_file)
        assert here is not None
        for key in ("state", "measured", "lines", "seeds", "settings", "notes"):
            assert here.results[key] == result.results[key]


@pytest.mark.slow
def test_commands_take_the_address(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("claims.toml").write_text(CLAIM.format(n=1, a=2))
    assert call("check", "claims.toml", "--cluster", address).exit_code == 0
    Path("small.toml").write_text(SWEEP.format("1e-3"))
    shown = call("simulate", "ns-figure-1", "--settings", "small.toml", "--cluster", address, "--no-plots")
    assert shown.exit_code == 0 and Path(".mirrorproof/experiments/ns-figure-1/results.json").is_file()
    assert call("run", "b-gf-special", "--mutants", 0, "--cluster", address).exit_code == 0


@pytest.mark.parametrize("where", ["tcp://127.0.0.1:1", "nowhere", "gopher://127.0.0.1:1"])
@pytest.mark.parametrize("command", [["check", "claims.toml"], ["simulate", "ns-figure-3"], ["run", "b-gf-special"]])
def test_an_address_where_nobody_answers_is_one_line(
    where: str, command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(clusters, "CONNECT_SECONDS", 0.2)
    Path("claims.toml").write_text(CLAIM.format(n=1, a=2))
    shown = call(*command, "--cluster", where)
    assert shown.exit_code == 2
    assert shown.stderr.startswith(f"error: no Dask cluster can be reached at {where}")
    assert shown.stderr.count("\n") == 1


def test_a_worker_of_another_version_is_refused() -> None:
    here = identity()
    assert difference(here, here) == ""
    other = here | {"mirrorproof": "0.0.1"}
    assert difference(other, here) == f"mirrorproof 0.0.1 there, {here['mirrorproof']} here"
    assert guarded(here, max, 1, 2) == 2
    with pytest.raises(ForeignWorker, match=r"sympy .* there, 1\.0 here"):
        guarded(here | {"sympy": "1.0"}, max, 1, 2)


def test_a_foreign_worker_ends_the_run_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "claims.toml"
    file.write_text(CLAIM.format(n=1, a=2))
    with ThreadPoolExecutor(1) as pool:
        executor = Guarded(pool)
        monkeypatch.setattr(clusters, "guarded", lambda here, *rest: guarded(here | {"numpy": "1.0"}, *rest))
        with pytest.raises(ClusterError, match=r"a worker differs: numpy .* there, 1\.0 here"):
            verify(file_jobs(file), QUICK, executor=executor)


@pytest.mark.slow
def test_a_live_worker_of_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("claims.toml").write_text(CLAIM.format(n=1, a=2))
    older = "import verify.records\nverify.records.version = lambda: '0.0.1'\n"
    with local_cluster(1, older) as cluster:
        shown = call("check", "claims.toml", "--cluster", cluster.scheduler_address)
    assert shown.exit_code == 2
    assert "mirrorproof 0.0.1 there" in shown.stderr and shown.stderr.count("\n") == 1


class Failing(ThreadPoolExecutor):
    """One thread; from the second task on, what a Dask client does where its scheduler or all its workers are lost."""

    def __init__(self, error: BaseException | None) -> None:
        super().__init__(1)
        self.error, self.count = error, 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.count += 1
        if self.count == 1:
            return super().submit(fn, *args, **kwargs)
        task: Future[Any] = Future()
        if self.error is None:
            task.cancel()
            task.set_running_or_notify_cancel()
        else:
            task.set_exception(self.error)
        return task


def test_a_cluster_that_is_lost_keeps_what_is_finished(oracle: Path, tmp_path: Path) -> None:
    jobs, cache = [job("a"), job("b")], tmp_path / "cache"
    # the lost one is told first or last, as it happens
    with Failing(None) as executor, pytest.raises(Interrupted, match=r"^the cluster was lost: [01] of 2 claims"):
        verify(jobs, QUICK, executor=executor, cache=cache)


def test_a_claim_that_no_worker_survives_is_an_error_and_touches_no_other(oracle: Path) -> None:
    with Failing(RuntimeError("KilledWorker")) as executor:
        found = verify([job("a"), job("b")], QUICK, executor=executor)
    assert [r["verdict"] for r in found] == ["holds", "error"]
    assert found[1]["evidence"][0]["detail"] == "no worker survived it: RuntimeError"


def test_what_was_measured_here_is_looked_up_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "ns-figure-2"
    own.mkdir()
    whole = {"schema": 1, "experiment": "ns-figure-2", "measured": {"a": [1.0], "b": [2.0]}}
    (own / "results.json").write_text(json.dumps(whole))
    file = tmp_path / "own.py"
    file.write_text(
        "from verify.claim import claim, measured\n\n@claim('slower', place='Figure 2')\ndef slower():\n"
        "    'It takes longer.'\n    return measured('ns-figure-2', 'a < b')\n"
    )
    jobs = file_jobs(file)
    with ThreadPoolExecutor(1) as pool:  # its tasks do not see what is here
        executor = Elsewhere(pool, monkeypatch, str(tmp_path))
        found = verify(jobs, QUICK, executor=executor)
    assert found[0]["evidence"][0]["result"] == "agrees"


class Elsewhere(Executor):
    """Tasks run at once with no results of experiments; whoever asked sees those of a folder."""

    def __init__(self, pool: Executor, patch: pytest.MonkeyPatch, folder: str) -> None:
        self.pool, self.patch, self.folder = pool, patch, folder

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.patch.setenv("MIRRORPROOF_EXPERIMENTS", "/nowhere")
        task = self.pool.submit(fn, *args, **kwargs)
        wait([task])
        self.patch.setenv("MIRRORPROOF_EXPERIMENTS", self.folder)
        return task
