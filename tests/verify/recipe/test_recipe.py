"""Recommendations are those worked out by hand, and their verdicts those of the lock file, whatever it says."""

from __future__ import annotations

import ast
import json
import math
from pathlib import Path

import pytest
from click.testing import CliRunner

import mirrorproof
from tests.verify.recipe.cases import CASES, HEAVY, MEANS, REFUSED, Case
from verify import lock
from verify.catalogue import functions
from verify.cli.recipe import command
from verify.recipe import maps
from verify.recipe.analysis import recommend
from verify.recipe.ledger import Ledger
from verify.recipe.maps import mean
from verify.recipe.module import NoModule, layers, load
from verify.recipe.setting import Request
from verify.reparam.answers import BadRequest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.slow
@pytest.mark.parametrize("name", HEAVY)
def test_what_is_recommended_after_much_algebra(name: str) -> None:
    _recommends(CASES[name])


@pytest.mark.parametrize("name", [n for n in CASES if n not in HEAVY])
def test_what_is_recommended(name: str) -> None:
    _recommends(CASES[name])


def _recommends(case: Case) -> None:
    report = recommend(case.request)
    for id, (open, values) in case.expected.items():
        found = report[id]
        assert found.open is open, (id, found)
        assert {k: found.values.get(k) for k in values} == values, (id, found.values)
    behind = {s.claim for r in report for s in r.supports}
    assert set(case.claims) <= behind
    assert report.status == case.status
    json.dumps(report.as_json())


@pytest.mark.parametrize(("request_", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_bad_input_is_one_line(request_: Request, says: str) -> None:
    with pytest.raises(BadRequest) as caught:
        recommend(request_)
    assert says in str(caught.value) and "\n" not in str(caught.value)


def test_every_claim_that_is_named_is_declared_and_locked() -> None:
    named = set()
    for name in ("steepest", "mirror", "start"):
        tree = ast.parse((ROOT / "verify" / "recipe" / f"{name}.py").read_text())
        asked = [n for n in ast.walk(tree) if isinstance(n, ast.Call)
                 and (getattr(n.func, "attr", "") or getattr(n.func, "id", "")) in ("on", "support")]  # fmt: skip
        found = [n for call in asked for n in ast.walk(call) if isinstance(n, ast.Constant)]
        named |= {n.value for n in found if isinstance(n.value, str)}
    assert len(named) > 40 and named <= set(functions()) & set(lock.read(ROOT / lock.NAME))


def test_verdicts_are_looked_up(tmp_path: Path) -> None:
    """A lock file that says otherwise changes what may be relied on."""
    claims = dict(lock.read(ROOT / lock.NAME))
    assert Ledger().support("mf-lambda-suggest-hyp").uses == "printed"
    assert Ledger().support("mf-thm-4.9-sparse-dense").uses == "corrected"
    assert Ledger().support("mf-cor-H4").uses == "reading"
    claims["mf-lambda-suggest-hyp"] = claims["mf-lambda-suggest-hyp"] | {"verdict": "fails"}
    file = tmp_path / "other.lock"
    lock.write(file, claims)
    report = recommend(Request("margin", mirror="entropy", results=file))
    assert report["lambda"].supports[0].uses == "nothing" and not report["lambda"].firm and report.status == 1
    assert any("mf-lambda-suggest-hyp" in w for w in report.warnings)
    file.write_text("nothing")
    with pytest.raises(BadRequest, match="not JSON"):
        recommend(Request("margin", mirror="entropy", results=file))


def test_a_statement_that_failed_warns_and_its_correction_is_used() -> None:
    found = recommend(Request("sparse", mirror="entropy"))["map"]
    failed = next(s for s in found.supports if s.claim == "mf-thm-4.9-sparse-dense")
    assert failed.verdict == "fails" and "alpha > 2" in failed.statement
    assert any("fails as printed" in w for w in found.all_warnings) and found.firm


@pytest.mark.parametrize(("map_", "lam", "sigma"), MEANS)
def test_the_mean_of_the_metric(map_: str, lam: float, sigma: float) -> None:
    found = mean(maps.read(map_, ()).speed(lam), sigma)
    assert found is not None and math.isclose(found, MEANS[map_, lam, sigma], rel_tol=1e-6)


def test_a_mean_that_is_infinite_is_none() -> None:
    assert mean(lambda x: 1 / x**2, 1.0) is None
    assert mean(lambda x: abs(x) ** -0.5, 1.0) is not None


def test_the_command() -> None:
    run = CliRunner().invoke(command, ["--aim", "margin", "--mirror", "entropy", "--widths", "4,3", "--json"])
    found = json.loads(run.output)
    assert run.exit_code == 0 and found["schema"] == 1
    rate = next(r for r in found["recommendations"] if r["layer"] == "layer 1")
    n = 12
    assert math.isclose(rate["values"]["lambda"], 1 / n**2)
    shown = CliRunner().invoke(command, ["--aim", "sparse", "--optimizer", "adamw"])
    assert shown.exit_code == 1 and "rests on ex417-l1.sign-flow" in shown.output and "fails as printed" in shown.output
    for arguments in (["--aim", "sparse", "--widths", "3,a"], ["--aim", "sparse", "--module", "nowhere.py:x"]):
        run = CliRunner().invoke(command, arguments)
        assert run.exit_code == 2 and run.output.count("\n") == 1


@pytest.mark.slow  # torch alone takes seconds to load
def test_a_module_layer_by_layer(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    nn = torch.nn
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 2, bias=False))
    report = mirrorproof.recipe("margin", module=net, mirror="entropy")
    assert [x.weights for x in report.setting.layers] == [30, 10] and report.status == 0
    sigma = float(net[0].weight.detach().double().pow(2).mean().sqrt())
    found = report["rate", "0.weight"].values
    expected = mean(maps.read("entropy", ()).speed(1 / 40**2), sigma)
    assert math.isclose(found["sigma"], sigma) and expected and math.isclose(found["rate"], 1 / expected)
    unlike = nn.Sequential(nn.Linear(6, 5), nn.GELU(), nn.LayerNorm(5), nn.Linear(5, 2))
    notes = layers(unlike)[1]
    assert [n.split(":")[0] for n in notes] == ["1", "2", "3"]
    assert mirrorproof.recipe("margin", module=unlike, mirror="entropy").status == 1

    class Head(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.q, self.k = nn.Linear(4, 2, bias=False), nn.Linear(4, 2, bias=False)

        def forward(self, x: object) -> object:
            return torch.softmax(self.q(x) @ self.k(x).mT, -1)

    assert [n.split(";")[0] for n in layers(Head())[1]] == [
        "the module: the forward of Head is code of its own and is not looked at: whether it is homogeneous in the "
        "weights is for you to know"]  # fmt: skip
    tied = nn.Linear(4, 4, bias=False)
    assert layers(nn.Sequential(tied, nn.ReLU(), tied))[1][0].startswith("weights are shared")
    assert layers(nn.Sequential(tied, nn.PReLU(), nn.Conv2d(1, 1, 3, bias=False)))[1] == []
    assert "LSTM is not known" in layers(nn.LSTM(3, 2))[1][0]
    for wrong in (3, nn.ReLU()):
        with pytest.raises(NoModule):
            layers(wrong)
    file = tmp_path / "net.py"
    file.write_text("from torch import nn\ndef model():\n    return nn.Linear(3, 2)\nother = 1/0 if False else 2\n")
    assert layers(load(f"{file}:model"))[0][0].fan_in == 3
    with pytest.raises(NoModule, match="nothing"):
        load(f"{file}:nothing")


def test_a_file_that_ends_the_program_is_told(tmp_path: Path) -> None:
    file = tmp_path / "ends.py"
    file.write_text("import sys\ndef model():\n    sys.exit(0)\n")
    with pytest.raises(NoModule, match="SystemExit"):
        load(f"{file}:model")


@pytest.mark.parametrize("wrong", ["net:model", "net.py"])
def test_a_place_without_file_and_name(wrong: str) -> None:
    with pytest.raises(NoModule, match=r"FILE\.py:NAME"):
        load(wrong)
