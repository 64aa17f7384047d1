from __future__ import annotations

import pytest

from tests.verify.reparam.cases import ask
from verify.reparam import escape, flows, joint, landscape, mirror, potential
from verify.reparam.algebra import Algebra
from verify.reparam.reading import Request
from verify.reparam.subject import subject

BALANCES = {
    "product": (ask("w1*w2"), ["abs(w1)**q - abs(w2)**q"]),
    "cube": (ask("a**2*b"), ["abs(a)**q - (2)**(q - 1)*abs(b)**q"]),
    "quotient": (ask("a/b"), ["abs(a)**q + abs(b)**q"]),
    "matrices": (Request(preset="linear 2,2,2"), []),
    "sum of products": (ask("u1*v1", "u1*v2"), []),
}


@pytest.mark.parametrize("name", BALANCES)
def test_balances_of_steepest_flow(name: str) -> None:
    request, laws = BALANCES[name]
    head, *_ = flows.steepest(Algebra(subject(request)))
    assert head.verdict == ("holds" if laws else "fails")
    assert list(head.values["laws"]) == laws


@pytest.mark.parametrize("q", ["1", "3/2", "3"])
def test_matrix_balances_are_refuted_off_q_two(q: str) -> None:
    _, *rest = flows.steepest(Algebra(subject(Request(preset="linear 2,2,2", q=q))))
    assert len(rest) == 3
    assert all(a.verdict == "fails" and a.counterexample for a in rest)


def test_at_q_two_nothing_is_refuted() -> None:
    head, *rest = flows.steepest(Algebra(subject(Request(preset="linear 2,2,2", q="2"))))
    assert rest == []
    assert head.values["at_most"] == {"2": 3}


def test_equal_slopes_are_kept_for_every_q() -> None:
    answers = {a.id: a for a in flows.steepest(Algebra(subject(ask("w1*w2 + w1*w3", q="3"))))}
    assert answers["steepest-kept-1"].verdict == "holds" and "w2 - w3" in answers["steepest-kept-1"].question
    assert answers["steepest-1-at-3"].verdict == "fails"


def test_mirror_flow_keeps_sums_and_refutes_mixed_ones() -> None:
    answers = {a.id: a for a in mirror.mirror(Algebra(subject(Request(preset="linear 2,2,2", mirror="cosh(x)"))))}
    assert answers["mirror"].verdict == "holds" and answers["mirror"].values["number"] == 2
    assert answers["mirror-1"].verdict == "fails" and answers["mirror-1"].counterexample
    small = {a.id: a for a in mirror.mirror(Algebra(subject(ask("u*v", mirror="cosh(x)"))))}
    assert small["mirror-number"].values["number"] == 1
    none = mirror.mirror(Algebra(subject(ask("a*b", "a + b"))))[0]
    assert none.verdict == "fails"


def test_a_potential_on_the_half_line() -> None:
    answers = mirror.mirror(Algebra(subject(ask("u*v", mirror="x*log(x)", given=("x > 0",)))))
    assert answers[0].verdict == "holds"
    network = Request(preset="linear 2,2,2", mirror="x*log(x)", given=("x > 0",))
    _, mixed, *_ = mirror.mirror(Algebra(subject(network)))
    assert mixed.verdict == "fails" and all(int(x) > 0 for n, x in mixed.counterexample.items() if n.startswith("w"))


def test_induced_potentials() -> None:
    metric, closed = potential.metric(subject(ask("w1*w2")), 0)
    assert metric.tier.name == closed.tier.name == "certified"
    assert metric.values["in_x"] == "sqrt(c1**2 + 4*x**2)"
    cubic, open_ = potential.metric(subject(ask("w1*w2*w3")), 0)
    assert cubic.verdict == "holds" and open_.verdict == "undecided"
    assert potential.alone(subject(ask("a*b", "c"))) == [0, 1]
    assert potential.alone(subject(ask("exp(a)", "a*b"))) == []
    assert potential.alone(subject(ask("a*b", "b*c"))) == []


JOINT = {
    ("a + b", "a - b"): ([["2", "0"], ["0", "2"]], "x1**2/4 + x2**2/4"),
    ("a + b + c", "a - b"): ([["3", "0"], ["0", "2"]], "x1**2/6 + x2**2/4"),
    ("a**2 + b**2", "a*b"): ([["4*x1", "4*x2"], ["4*x2", "x1"]], "log(x1 - 2*x2)"),
    ("u*v", "c*d", "c**2 + d**2"): ([["x3", "4*x2"], ["4*x2", "4*x3"]], "log(Abs(4*x2**2 - x3**2))"),
}  # fmt: skip


@pytest.mark.parametrize("case", JOINT)
def test_coordinates_that_share_weights_have_a_metric_together(case: tuple[str, ...]) -> None:
    metric, closed = joint.joint(subject(ask(*case)))
    assert (metric.verdict, metric.tier.name, closed.verdict, closed.tier.name) == ("holds", "certified") * 2
    rows, part = JOINT[case]
    assert sorted(map(sorted, metric.values["in_x"])) == sorted(map(sorted, rows))
    assert part in closed.answer


def test_a_joint_metric_that_is_no_polynomial_is_open() -> None:
    (metric,) = joint.joint(subject(ask("(a + b)**2", "(a - b)**3")))
    assert metric.verdict == "undecided" and metric.would_decide and "in_weights" in metric.values


METRICS = {
    "exp(w)": "x**2", "sinh(w)": "x**2 + 1", "tanh(w)": "x**4 - 2*x**2 + 1", "1/w": "x**4", "sin(w)": "1 - x**2",
    "a/b": "(x**4 + 2*x**2 + 1)/c1", "w + w**2": "4*x + 1", "w**3": "9*Abs(x)**(4/3)",
}  # fmt: skip


@pytest.mark.parametrize("text", METRICS)
def test_metrics_of_functions(text: str) -> None:
    metric, closed = potential.metric(subject(ask(text)), 0)
    assert (metric.verdict, metric.tier.name, metric.values["in_x"]) == ("holds", "certified", METRICS[text])
    assert closed.verdict == "holds" and "I" not in closed.answer.replace("In", "")


def test_saddles_and_their_spectra() -> None:
    head, first, *rest = landscape.saddles(subject(ask("w1*w2*w3")))
    assert head.verdict == "holds" and head.values["sets"] == [["w1", "w2"], ["w1", "w3"], ["w2", "w3"]]
    assert (first.values["positive"], first.values["negative"], len(rest)) == (1, 1, 2)
    _, flat = landscape.saddles(subject(ask("w**3")))
    assert flat.verdict == "fails"
    _, one_sign = landscape.saddles(subject(ask("a**2*b")))
    assert one_sign.verdict == "fails" and one_sign.counterexample == {"a": "0", "b": one_sign.counterexample["b"]}
    assert landscape.saddles(subject(ask("a + b**2")))[0].verdict == "fails"
    assert landscape.saddles(subject(ask("a**3 - 3*a")))[0].verdict == "undecided"


@pytest.mark.parametrize(
    ("request_", "verdict"),
    [
        (ask("exp(a) - exp(b)"), "holds"), (ask("w1*w2"), "fails"), (ask("w1*w2", given=("w1 > 0",)), "holds"),
        (ask("a/b"), "holds"), (ask("tanh(u)*v"), "fails"), (ask("a*b", "a + b"), "fails"),
    ],
)  # fmt: skip
def test_regularity_everywhere(request_: Request, verdict: str) -> None:
    assert landscape.regular_everywhere(subject(request_)).verdict == verdict


def test_where_the_rank_drops() -> None:
    answer = landscape.regular_everywhere(subject(ask("w1*w2*w3")))
    assert answer.values["drops_on"] == ["{w1 = 0, w2 = 0}", "{w1 = 0, w3 = 0}", "{w2 = 0, w3 = 0}"]
    assert answer.values["drops_on_is_all"] is True
    assert answer.values["inverse_metric"] == [["w1**2*w2**2 + w1**2*w3**2 + w2**2*w3**2"]]
    elsewhere = landscape.regular_everywhere(subject(ask("a*b", "a + b")))  # on a = b
    assert elsewhere.verdict == "fails" and not elsewhere.values.get("drops_on_is_all")


BIASED = ("linear 2,2,2 bias", "value-output d=2 k=1 bias", "gated 2,2,2 smooth")


@pytest.mark.parametrize("text", BIASED)
def test_what_moves_at_a_constant_rate_leaves_no_critical_point(text: str) -> None:
    it = subject(Request(preset=text))
    assert landscape.regular_everywhere(it).verdict == "fails"
    assert [a.verdict for a in landscape.saddles(it)] == ["fails"] == [a.verdict for a in escape.escape(it)]


def test_at_zero_the_jacobian_is_that_of_the_linear_terms() -> None:
    assert landscape.rank_at_zero(subject(ask("a*b + c", "2*a + b*c")).map) == 2
    assert landscape.rank_at_zero(subject(ask("a*b", "a*c")).map) == 0
    assert landscape.rank_at_zero(subject(Request(preset="linear 2,2,2 bias")).map) == 2
    assert landscape.saddles(subject(ask("a + a*b")))[0].verdict != "fails"  # grad G is 0 at a = 0, b = -1
    assert landscape.saddles(subject(ask("a + b*c")))[0].verdict == "fails"


def test_escape_times() -> None:
    (order,) = escape.escape(subject(ask("w1*w2*w3")))
    assert order.values["critical_q"] == "3/2"
    _, time = escape.escape(subject(ask("w1*w2", q="2", scale="1e-3")))
    assert time.values["value"] == "log(1000)"
    assert escape.escape(subject(ask("w1 + w2")))[0].verdict == "fails"
    assert escape.escape(subject(ask("a*b + a")))[0].verdict == "fails"  # at 0 the slope in a is f'
    assert escape.escape(subject(ask("a*b + a*b*c")))[0].verdict == "undecided"
