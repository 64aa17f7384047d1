from __future__ import annotations

import pytest

from tests.verify.reparam.cases import KNOWN, STATED, ask
from theory.conservation import ConservationLaw
from theory.parameterizations import Parameterization
from verify.language.bridge import to_sympy
from verify.language.parse import parse_term
from verify.reparam import algebra, potential
from verify.reparam.landscape import saddles
from verify.reparam.reading import Request
from verify.reparam.subject import subject
from verify.statement import Domain


@pytest.mark.parametrize("name", KNOWN)
def test_known_answers(name: str) -> None:
    request, regular, commuting, number = KNOWN[name]
    found = algebra.Algebra(subject(request))
    assert algebra.regular(found).verdict == regular
    assert algebra.commuting(found).verdict == commuting
    counted = algebra.number(found)
    assert (counted.verdict, counted.tier.name) == ("holds", "certified")
    assert counted.values["least"] == counted.values["most"] == number


@pytest.mark.parametrize(("request_", "verdict"), STATED, ids=[f"{r.preset}{r.expressions}{r.laws}" for r, _ in STATED])
def test_stated_laws(request_: Request, verdict: str) -> None:
    (answer,) = algebra.claimed(algebra.Algebra(subject(request_)))
    assert answer.verdict == verdict
    assert (answer.counterexample is not None) == (verdict == "fails")


@pytest.mark.parametrize("name", ["product", "a law with a logarithm", "shared weight", "root", "quotient"])
def test_the_laws_are_those_of_another_engine(name: str) -> None:
    found = algebra.Algebra(subject(KNOWN[name][0]))
    small = found.it.small
    assert small is not None
    domain = Domain(tuple((n, "real") for n in small.names))
    symbols = [s for n in small.weights for s in to_sympy(parse_term(n, small.names), domain).free_symbols]
    parameterization = Parameterization([to_sympy(t, domain) for t in small.terms], symbols)
    for text in found.texts():
        law = to_sympy(parse_term(text.replace("abs", ""), small.names), domain)
        assert ConservationLaw(law, parameterization).holds is True


def test_brackets_are_shown() -> None:
    answer = algebra.commuting(algebra.Algebra(subject(ask("a*b", "a + b"))))
    assert answer.values["brackets"] == {"[grad G1, grad G2]": ["-1", "-1"]}


def test_a_gap_is_told_and_what_would_close_it() -> None:
    found = algebra.Algebra(subject(ask("a*b + b*c**2 + a**3*d*e*f*g*h*i*j*k", degree=1)))
    answer = algebra.number(found)
    assert answer.verdict == "undecided" and answer.would_decide
    assert answer.values["least"] < answer.values["most"]


def test_the_theorem_on_mirror_flow_needs_both() -> None:
    for name, verdict in (("product", "holds"), ("product and sum", "fails"), ("dependent coordinates", "fails")):
        found = algebra.Algebra(subject(KNOWN[name][0]))
        assert potential.induced(algebra.regular(found), algebra.commuting(found)).verdict == verdict


def test_undefined_points_are_no_counterexamples() -> None:
    small = subject(ask("log(a)*b")).small
    assert small is not None and small.point[0] > 0


# what is given -> verdict on the critical points, their sets
WHERE = {
    (("abs(w1)*w2",), ("w1 < 0",)): "fails", (("w1*w2",), ("w1 > 0",)): "fails", (("w1*w2",), ("w1 >= 0",)): "holds",
    (("w1*w2",), ("w2 < 5",)): "holds", (("w1*w2*w3",), ("w1 > w2**2 + 1",)): "undecided",
    (("w1/w2",), ("w2 > 0",)): "fails",
    (("exp(w1)*w2",), ()): "fails", (("a*b*(a + b)",), ("a > b",)): "fails", (("a*b*(a + b)",), ()): "holds",
}  # fmt: skip


@pytest.mark.parametrize("case", WHERE, ids=str)
def test_critical_points_are_those_of_the_domain(case: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
    assert saddles(subject(Request(*case)))[0].verdict == WHERE[case]
