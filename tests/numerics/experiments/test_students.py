"""The experiments with students: resumed bitwise, one run for several names, what claims expect of them."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from numerics.experiments import NAMES, Outcome, SettingsError, experiment, run
from numerics.experiments.mf_students import StudentExperiment
from numerics.experiments.running import fingerprint
from numerics.experiments.settings import read
from numerics.students import measures
from verify.claim import collect

SMALL = """
labels = ["hyp_one", "hyp_tenth", "hyp_hundredth"]
depths = [2, 3, 3]
maps = ["entropy", "square", "power"]
lambdas = [0.1, 0.0, 1.0]
rates = [0.05, 0.05, 0.05]
epochs = [600, 600, 400]
neurons = 6
points = 30
record_every = 20
seeds = [42, 43]
"""
HOMES = "numerics.experiments.mf_rescaled", "numerics.experiments.mf_fixed"
STUDENTS = sorted(name for name, where in NAMES.items() if where.startswith(HOMES))
TABLE, FIGURE = experiment("mf-table-7"), experiment("mf-figure-12")
pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="numba is not installed: pip install .[simulate]"
)


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "small.toml"
    file.write_text(SMALL)
    return file


def whole(folder: Path, settings: Path, chosen: StudentExperiment = TABLE) -> dict:  # type: ignore[assignment]
    found = run(chosen, folder, settings_file=settings)
    assert found is not None
    return found.results


def test_a_run_that_was_stopped_ends_bitwise_the_same(
    tmp_path: Path, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    undisturbed = whole(tmp_path / "a", settings)
    monkeypatch.setattr(StudentExperiment, "part", lambda self, s: 7)
    stops = iter([False, True, True, *[False] * 100])
    found, turns = None, 0
    while found is None:
        found, turns = run(TABLE, tmp_path / "b", settings_file=settings, stop=lambda: next(stops)), turns + 1
    assert turns == 3
    assert found.results["state"] == undisturbed["state"] and found.results["measured"] == undisturbed["measured"]
    settings.write_text(settings.read_text().replace("0.05, 0.05]", "0.05, 0.0501]"))
    assert whole(tmp_path / "c", settings)["state"] != undisturbed["state"]


DRIVER = """
import sys, time
from pathlib import Path
from numerics.experiments import experiment, run
chosen = experiment("mf-table-7")
type(chosen).part = lambda self, s: 1
run(chosen, Path(sys.argv[1]), settings_file=Path(sys.argv[2]), checkpoint_seconds=0.0,
    progress=lambda done, total: time.sleep(0.05))
"""


def test_a_run_that_was_killed_goes_on_and_ends_bitwise_the_same(tmp_path: Path, settings: Path) -> None:
    folder = tmp_path / "killed"
    child = subprocess.Popen([sys.executable, "-c", DRIVER, str(folder), str(settings)],
                             cwd=Path(__file__).resolve().parents[3])  # fmt: skip
    until = time.monotonic() + 60
    while not (folder / "checkpoint.npz.previous").exists() and child.poll() is None and time.monotonic() < until:
        time.sleep(0.005)
    child.send_signal(signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert not (folder / "results.json").exists()
    begun: list[int] = []
    found = run(TABLE, folder, settings_file=settings, progress=lambda done, total: begun.append(done))
    assert found is not None and begun[0] > 2
    assert found.results["state"] == whole(tmp_path / "undisturbed", settings)["state"]


def test_experiments_that_look_at_one_run_share_it(
    tmp_path: Path, settings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = whole(tmp_path / "mf-table-7", settings)

    def again(*_: object) -> None:
        raise AssertionError("it is run again")

    monkeypatch.setattr(StudentExperiment, "advance", again)
    second = whole(tmp_path / "mf-figure-12", settings, FIGURE)  # type: ignore[arg-type]
    assert second["state"] == first["state"] and "neurons_one" in second["measured"]
    with pytest.raises(AssertionError, match="run again"):
        run(FIGURE, tmp_path / "mf-figure-12", settings_file=settings, fresh=True)
    with pytest.raises(AssertionError, match="run again"):
        whole(tmp_path / "elsewhere" / "mf-figure-12", settings, FIGURE)  # type: ignore[arg-type]
    settings.write_text(settings.read_text().replace("seeds = [42, 43]", "seeds = [42, 44]"))
    with pytest.raises(AssertionError, match="run again"):
        whole(tmp_path / "mf-figure-13", settings, experiment("mf-figure-12"))  # type: ignore[arg-type]


def test_experiments_on_one_run_are_told_apart_from_others() -> None:
    marks = {name: fingerprint(experiment(name), experiment(name).kind()) for name in STUDENTS}
    assert len(set(marks.values())) == 3
    for name in STUDENTS:
        chosen = experiment(name)
        assert {other for other in STUDENTS if marks[other] == marks[name]} == set(chosen.beside)  # type: ignore[attr-defined]


def test_a_student_that_diverges_is_recorded(tmp_path: Path, settings: Path) -> None:
    calm = whole(tmp_path / "calm", settings)
    assert not any("diverged" in note for note in calm["notes"])
    settings.write_text(settings.read_text().replace("rates = [0.05, 0.05", "rates = [0.05, 1e9"))
    wild = whole(tmp_path / "wild", settings)
    assert any(note.startswith("tenth: diverged for 2 of 2 seeds") for note in wild["notes"])
    assert wild["measured"]["log10_loss_tenth"] == [None, None]
    assert wild["measured"]["one_l1"] == calm["measured"]["one_l1"]


def test_measured_margins_are_those_of_the_final_students(tmp_path: Path, settings: Path) -> None:
    results = whole(tmp_path, settings)
    chosen = read(TABLE.kind, settings)
    state = TABLE.start(chosen)
    TABLE.advance(chosen, state, 0, TABLE.total(chosen))
    from numerics.experiments.mf_students import students

    expected = measures.margins(state["theta_0"], 2, 6, students(chosen).data)[:, 0]
    assert results["measured"]["one_l1"] == pytest.approx(expected, rel=1e-8)
    assert results["measured"]["steps_hundredth"] == [400, 400], "at its own last epoch"
    traced = state["trace"][-1, 0]
    assert traced[:, 2] == pytest.approx(expected) and np.isnan(state["trace"][-1, 2]).all()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("depths = [2, 3]", "differ in length"), ("epochs = [600, 600, 410]", "multiples"),
        ("rates = [0.1, -1.0, 1.0]", "rate"),
        ("lambdas = [0.0, 0.0, 1.0]", "lambda"), ('step = "primal"', "step"), ('start = "lazy"', "start"),
        ('loss = "hinge"', "loss"), ('maps = ["entropy", "cubic", "power"]', "cubic"), ("digits = -1.0", "digits"),
    ],
)  # fmt: skip
def test_bad_settings_are_one_clear_line(tmp_path: Path, settings: Path, text: str, message: str) -> None:
    name = text.split(" =")[0]
    kept = [line for line in settings.read_text().splitlines() if not line.startswith(f"{name} =")]
    settings.write_text("\n".join([*kept, text]))
    with pytest.raises(SettingsError, match=message) as told:
        run(TABLE, tmp_path, settings_file=settings)
    assert "\n" not in str(told.value)


@cache
def expected_quantities() -> dict[str, set[str]]:
    """experiment -> the quantities that the claims of the paper name."""
    wanted: dict[str, set[str]] = {}
    for module in ("experiments", "reported"):
        for claim in collect(importlib.import_module(f"verify.papers.mirror_flow.{module}")):
            draft = claim.write() if claim.kind == "empirical" else None
            if draft is not None and draft.experiment and draft.wording is not None:
                nodes = ast.walk(ast.parse(str(draft.wording.conclusion)))
                names = {node.id for node in nodes if isinstance(node, ast.Name)} - {"abs"}
                wanted.setdefault(draft.experiment, set()).update(names)
    return wanted


@pytest.mark.parametrize("name", STUDENTS)
def test_every_experiment_measures_what_its_claims_expect_and_is_drawn(name: str, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from numerics.experiments.plots import draw
    chosen = experiment(name)
    full = chosen.kind()
    short = "\n".join(
        f"{field} = {list(values)}" for field, values in (("epochs", (40,) * len(full.labels)), ("seeds", (42, 43)))
    )  # fmt: skip
    file = tmp_path / "short.toml"
    file.write_text(f"{short}\nneurons = 5\npoints = 20\nrecord_every = 20\n")
    found = run(chosen, tmp_path, settings_file=file)
    assert found is not None
    wanted = expected_quantities().get(name, set())
    assert wanted <= found.outcome.measured.keys() and (wanted or name == "mf-figure-11")
    assert all(len(values) == 2 for values in found.outcome.measured.values())
    plain = Outcome(found.results["measured"], found.results["lines"])
    assert draw(chosen, plain, tmp_path).read_bytes().startswith(b"<?xml")


def test_readings_tell_what_is_seen_and_what_is_not(tmp_path: Path) -> None:
    from numerics.experiments.mf_readings import Settings, Trained, findings
    from numerics.experiments.mf_students import StudentExperiment

    two = "2 balanced dual logistic stated 42 50", "3 outer metric logistic equal 1 9"
    own = Settings(readings=two, seeds=(1, 2, 3),
                   deep_seeds=2, epochs=60, record_every=20, neurons=4, points=12)  # fmt: skip
    own.check()
    file = tmp_path / "few.toml"
    lists = {n: list(v) if isinstance(v, tuple) else v for n, v in vars(own).items()}
    file.write_text("\n".join(f"{n} = {v}" for n, v in lists.items()))
    found = run(experiment("mf-readings"), tmp_path, settings_file=file)
    assert found is not None and len(found.results["notes"]) == 2
    for label, pair, seeds in zip(own.readings, (own.runs[:2], own.runs[2:]), (3, 2), strict=True):
        trained = []
        for plain in pair:
            state = StudentExperiment().start(plain)
            StudentExperiment().advance(plain, state, 0, 3)
            trained.append(Trained(plain, state))
        for name, seen in findings(trained[0], trained[1], label.startswith("3")).items():
            assert found.results["measured"][f"{label}: {name}"] == seen.astype(float).tolist()
            assert len(seen) == seeds
    deep = dict(zip(own.runs[3].labels, own.runs[3].rates, strict=True))
    assert deep["hyp_hundredth"] == pytest.approx(0.1) and deep["hom_ten"] == pytest.approx(1.0), "equal speeds"
    file.write_text('readings = ["2 balanced dual logistic sated 42 50"]')
    with pytest.raises(SettingsError, match="a reading is layers start step loss speed data-seed digits"):
        run(experiment("mf-readings"), tmp_path, settings_file=file)


@pytest.mark.parametrize(("losses", "told"), [((-1.0, -40.0, -3.0, -50.0), True), ((-1.0, -40.0, -39.0, -50.0), False)])
def test_a_step_that_is_too_large_to_be_stable_is_told(settings: Path, losses: tuple[float, ...], told: bool) -> None:
    from numerics.experiments.mf_students import Trained

    settings.write_text(settings.read_text() + "below = 0.5\n")
    chosen = read(TABLE.kind, settings)
    state = TABLE.start(chosen)
    state["trace"][: len(losses), 1, 1, 1] = losses
    found = Outcome({}, {})
    Trained(chosen, state).standing("hyp_tenth", found)
    assert any(note.startswith("hyp_tenth: the loss rose again") for note in found.notes) is told
    assert found.measured.get("rise_hyp_tenth") == (pytest.approx([0.0, 37 / np.log(10)]) if told else None)
