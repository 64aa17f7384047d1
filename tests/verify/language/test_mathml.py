"""Every term has a well-formed formula that shows it as it was written."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from tests.limits import within
from tests.verify.language.grammar_cases import NAMES, READS, Reads
from tests.verify.language.term_strategies import formulas, terms
from verify.language.mathml import NAMESPACE, to_mathml
from verify.language.parse import parse_formula, parse_term
from verify.language.terms import Term, sym


def shown(text: str, names: tuple[str, ...] = NAMES) -> str:
    return seen(parse_term(text, names, along_flow=True))


def seen(term: Term) -> str:
    """The letters of a formula in order, fractions as (a)/(b), superscripts as ^{...}, subscripts as _{...}."""
    return _seen(ElementTree.fromstring(to_mathml(term)))


def _seen(node: ElementTree.Element) -> str:
    tag = node.tag.removeprefix(f"{{{NAMESPACE}}}")
    parts = [_seen(child) for child in node]
    if tag == "mfrac":
        return f"{{{parts[0]}}}/{{{parts[1]}}}"
    if tag == "msup":
        return f"{parts[0]}^{{{parts[1]}}}"
    if tag in ("msub", "munder"):
        return f"{parts[0]}_{{{parts[1]}}}"
    if tag in ("msubsup", "munderover"):
        return f"{parts[0]}_{{{parts[1]}}}^{{{parts[2]}}}"
    if tag == "msqrt":
        return f"√{{{''.join(parts)}}}"
    return (node.text or "") + "".join(parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x/y", "{x}/{y}"),
        ("(x/y)**2", "({x}/{y})^{2}"),
        ("x**(y + 1)", "x^{y+1}"),
        ("(x + 1)**2", "(x+1)^{2}"),
        ("-x**2", "−x^{2}"),
        ("(-x)**2", "(−x)^{2}"),
        ("x - (y - 1)", "x−(y−1)"),
        ("x*(y + 1)", "x⋅(y+1)"),
        ("2*x", "2\u2062x"),
        ("x*2", "x⋅2"),
        ("x*-y", "x⋅(−y)"),
        ("-x*y", "−x\u2062y"),
        ("abs(x)", "|x|"),
        ("sqrt(x + 1)", "√{x+1}"),
        ("spow(x, y)", "x^{⟨y⟩}"),
        ("lam*x", "λ⋅x"),
        ("asinh(x)", "arsinh\u2061(x)"),
        ("gamma(x)", "Γ\u2061(x)"),
        ("Min(x, y)", "min\u2061(x,y)"),
        ("diff(x**2, x)", "{d}/{dx}\u2062x^{2}"),
        ("diff(x + 1, x, 2)*y", "({d^{2}}/{dx^{2}}\u2062(x+1))\u2062y"),
        ("integrate(x, (x, 0, 1))", "∫_{0}^{1}xdx"),
        ("Sum(x, (x, 1, oo)) + 1", "(∑_{x=1}^{∞}x)+1"),
        ('limit(x, x, 0, "+")', "lim_{x→0^{+}}\u2061x"),
        ("limit(x, x, oo)", "lim_{x→∞}\u2061x"),
        ("ddt(x + y)", "{d}/{dt}\u2062(x+y)"),
        ("expect(x, x)", "E_{x∼N(0,1)}[x]"),
        ("pi + E", "π+e"),
        ("0.5", "{1}/{2}"),
    ],
)
def test_the_notation_is_that_of_the_field(text: str, expected: str) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("w1", "w_{1}"), ("w_1", "w_{1}"), ("x_0", "x_{0}"), ("lam_max", "λ_{max}"), ("theta2", "θ_{2}"), ("eta", "η"),
        ("mu", "μ"), ("alpha", "α"), ("x", "x"), ("rate", "rate"), ("x_mu", "x_{μ}"),
    ],
)  # fmt: skip
def test_names_are_letters_with_subscripts(name: str, expected: str) -> None:
    assert seen(sym(name)) == expected


@pytest.mark.parametrize("case", READS, ids=lambda case: case.text.strip())
def test_every_formula_is_well_formed(case: Reads) -> None:
    assert seen(parse_formula(case.text, NAMES))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(terms)
def test_every_term_is_well_formed(term: Term) -> None:
    assert ElementTree.fromstring(to_mathml(term)).tag == f"{{{NAMESPACE}}}math"


@settings(max_examples=100, deadline=None, derandomize=True)
@given(formulas)
def test_every_random_formula_is_well_formed(formula: Term) -> None:
    assert ElementTree.fromstring(to_mathml(formula, block=True)).get("display") == "block"


def test_names_are_escaped() -> None:
    assert "<script>" not in to_mathml(Term("sym", "<script>"))
    ElementTree.fromstring(to_mathml(Term("sym", "a<b&\"c'")))


@pytest.mark.parametrize("open_and_close", [("-(", ")*y"), ("spow(", ", y)"), ("abs(", ")"), ("(", ")**y")])
def test_deep_terms_take_no_longer_than_they_are(open_and_close: tuple[str, str]) -> None:
    before, after = open_and_close
    term = parse_term(before * 60 + "x" + after * 60, NAMES)
    with within(1):
        assert len(to_mathml(term)) < 50_000
