from __future__ import annotations

import json
from fractions import Fraction

import pytest
from click.testing import CliRunner

import mirrorproof
from tests.verify.potential.cases import CASES, QUICK, REFUSED, SHORT, Case
from verify.cli.compare import command as compare
from verify.cli.potential import command
from verify.evidence import Tier
from verify.potential import natural, scaling
from verify.potential.analysis import examine
from verify.potential.bench import SPENT, Bench
from verify.potential.comparison import examine_all
from verify.potential.duals import invert
from verify.potential.reading import Request, read
from verify.potential.writing import atom, over, plus, times, to_power
from verify.reparam.answers import Answer, BadRequest

SECONDS, TOTAL = 8.0, 900.0  # generous: the answer must not depend on how busy the machine is


def _agrees(case: Case) -> None:
    report = examine(case.request, SECONDS, case.groups, TOTAL)
    for id, wanted in case.expected.items():
        verdict, values = wanted if isinstance(wanted, tuple) else (wanted, {})
        found: Answer = report[id]
        assert found.verdict == verdict, (id, found)
        assert {k: found.values.get(k) for k in values} == values, (id, found)
        assert (found.tier is Tier.none) == (verdict == "undecided"), (id, found)


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in CASES if n not in QUICK])
def test_the_answers_are_those_worked_out_by_hand(name: str) -> None:
    _agrees(CASES[name])


@pytest.mark.parametrize("name", QUICK)
def test_a_potential_that_fails_on_purpose(name: str) -> None:
    _agrees(CASES[name])


def test_a_square() -> None:
    _agrees(SHORT)


@pytest.mark.parametrize(("expression", "variable", "given", "ask", "says"), REFUSED, ids=[r[-1] for r in REFUSED])
def test_bad_input_is_one_line(
    expression: str, variable: str, given: tuple[str, ...], ask: tuple[str, ...], says: str
) -> None:
    with pytest.raises(BadRequest) as caught:
        examine(Request(expression, variable, given), 1.0, ask)
    assert says in str(caught.value) and "\n" not in str(caught.value)


def test_json_is_one_object_and_the_status_is_zero_where_all_is_decided() -> None:
    run = CliRunner().invoke(command, ["t**2", "--in", "t", "--ask", "even", "--json"])
    found = json.loads(run.output)
    assert run.exit_code == 0 and found["schema"] == 1 and found["potential"]["variable"] == "t"
    assert [a["verdict"] for a in found["answers"]] == ["holds"]


def test_bad_input_ends_with_status_two() -> None:
    run = CliRunner().invoke(command, ["x**", "--json"])
    assert run.exit_code == 2 and "column 4" in run.output


def test_a_time_that_is_no_number_is_refused() -> None:
    for option in ("--seconds", "--total"):
        run = CliRunner().invoke(command, ["x**2", option, "nan"])
        assert run.exit_code == 2 and "is no number" in run.output
    with pytest.raises(BadRequest, match="potential 1: expression: no point"):
        examine_all(["x/0", "x**2"], "x", (), 5.0, ("even",), 1)


def test_comparing_needs_two_and_tells_which_one_cannot_be_read() -> None:
    for arguments, says in ((["x"], "2 to 8"), (["x**2", "x**"], "potential 2: expression, column 4")):
        run = CliRunner().invoke(compare, [*arguments, "--json"])
        assert run.exit_code == 2 and says in run.output


@pytest.mark.slow
def test_comparing_shows_the_same_questions() -> None:
    run = CliRunner().invoke(compare, ["x**2", "x**3", "--ask", "even", "--json"])
    found = json.loads(run.output)
    assert run.exit_code == 0 and [p["answers"][0]["verdict"] for p in found["potentials"]] == ["holds", "fails"]
    table = CliRunner().invoke(compare, ["x**2", "x**3", "--ask", "even"])
    assert table.exit_code == 0 and "even" in table.output and "holds" in table.output


def test_a_formula_may_begin_with_a_minus() -> None:
    said = CliRunner().invoke(command, ["-sqrt(1 - x**2)", "--given", "-1 < x", "--given", "x < 1", "--ask", "even"])
    assert said.exit_code == 0 and "R(x) = -sqrt(1 - x**2)" in said.output, said.output
    two = CliRunner().invoke(compare, ["-x**2", "x**2", "--ask", "even"])
    assert two.exit_code == 0 and "-x**2 on" in two.output, two.output
    for mistyped in ("--nothing", "-x*"):
        assert CliRunner().invoke(command, [mistyped]).exit_code == 2


def test_the_facade() -> None:
    report = mirrorproof.potential("x**2 + x", ask=["even"], seconds=20, total=TOTAL)
    assert report["even"].verdict == "fails" and report.status == 0
    with pytest.raises(KeyError):
        report["nothing"]
    with pytest.raises(ValueError, match="column"):
        mirrorproof.potential("x*")


def test_time_that_is_over_leaves_questions_open_and_says_so() -> None:
    report = examine(Request("x**x**x"), SECONDS, ("degree", "legendre"), 0.0)  # over on the quickest machine
    assert {a.verdict for a in report} == {"undecided"}
    assert all(SPENT in a.answer or "--total" in a.would_decide for a in report)
    run = CliRunner().invoke(command, ["x**x", "--ask", "legendre", "--total", "0.0001"])
    assert run.exit_code == 1 and "all questions together, 0.0001 s, was over" in run.output


@pytest.mark.slow
def test_time_that_ends_amid_the_work_takes_nothing_back() -> None:
    whole = {a.id: a.verdict for a in examine(Request("x**x**x"), SECONDS, ("degree", "legendre"), TOTAL)}
    for total in (0.2, 1.0, 3.0):
        for answer in examine(Request("x**x**x"), SECONDS, ("degree", "legendre"), total):
            assert answer.verdict in ("undecided", whole[answer.id]), answer


INTERVALS = {
    "x*log(x)": "(0, oo)", "sqrt(x)": "[0, oo)", "-log(3 - x)": "(-oo, 3)", "log(x) + log(2 - x)": "(0, 2)",
    "1/x": "(0, oo)", "acosh(x)": "[1, oo)",
}  # fmt: skip


@pytest.mark.parametrize("text", INTERVALS)
def test_the_interval_that_is_looked_for(text: str) -> None:
    assert natural.interval(read(Request(text))).text == INTERVALS[text]


def test_the_inverse_of_the_gradient_lies_between_two_numbers() -> None:
    found = invert(Bench(read(Request("x**4/4")), 1.0), Fraction(8))
    assert found is not None
    assert found[0] ** 3 <= 8 <= found[1] ** 3 and found[1] - found[0] < 1e-9


SCALINGS = {
    ("x*asinh(x/sqrt(lam)) - sqrt(x**2 + lam)", "lam"): ("2", "1"), ("abs(x)**3/3 + lam*x**2/2", "lam"): ("1", "-1"),
    ("log(cosh(lam*x))", "lam"): ("-1", "2"), ("x**2 + lam*x", "lam"): None, ("cosh(x) + lam*x**2", "lam"): None,
}  # fmt: skip


@pytest.mark.parametrize("case", SCALINGS, ids=lambda c: c[0])
def test_what_scales_with_the_weights(case: tuple[str, str]) -> None:
    found = scaling.exponents(read(Request(case[0], "x", ("lam > 0",))), case[1])
    assert (None if found is None else tuple(map(repr, found))) == SCALINGS[case]


def test_terms_are_written_short() -> None:
    from verify.language.terms import num, sym

    a = sym("a")
    assert repr(times(num(100), over(a, num(2)))) == "50*a"
    assert repr(to_power(times(num(1), a), num(1))) == "a"
    assert repr(plus(a, -2)) == "a - 2" and atom(plus(a, 1)) == "(a + 1)"
