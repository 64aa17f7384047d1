"""Terms as LaTeX: the notation, the brackets, and nothing that could leave the formula."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings

from tests.verify.language.term_strategies import formulas
from verify.language.latex import to_latex
from verify.language.parse import parse_abbreviation
from verify.language.terms import sym

CASES = [
    ("x**2 + 1/2", r"{x}^{2} + \frac{1}{2}"),
    ("x - (y - z)", r"x - \left(y - z\right)"),
    ("x - y - z", "x - y - z"),
    ("(x*y)**2", r"{\left(x\,y\right)}^{2}"),
    ("2*3", r"2 \cdot 3"),
    ("-x**2", "-{x}^{2}"),
    ("(-x)**2", r"{\left(-x\right)}^{2}"),
    ("abs(w1)", r"\left\vert w_{1} \right\vert "),
    ("spow(x, r)", r"{x}^{\langle r \rangle}"),
    ("lam <= oo", r"\lambda \le \infty"),
    ("x < y and not x == 0", r"x \lt y \land \lnot \left(x = 0\right)"),
    ("(x > 0 or y > 0) and z > 0", r"\left(x \gt 0 \lor y \gt 0\right) \land z \gt 0"),
    ("diff(x**2, x, 2)", r"\frac{\mathrm{d}^{2}}{\mathrm{d} x^{2}} {x}^{2}"),
    ("integrate(t, (t, 0, x))", r"\int_{0}^{x} t \,\mathrm{d} t"),
    ("Sum(i, (i, 1, n))", r"\sum_{i = 1}^{n} i"),
    ('limit(1/x, x, 0, "+")', r"\lim_{x \to 0^{+}} \frac{1}{x}"),
    ("sqrt(asinh(x))", r"\sqrt{\operatorname{arsinh}\left(x\right)}"),
    ("convex(x**2, x)", r"{x}^{2} \text{ is convex in } x"),
    ("bigo(x, x**2, x, oo)", r"x = O\left({x}^{2}\right) \text{ as } x \to \infty"),
    ("conserved(x)", r"\frac{\mathrm{d}}{\mathrm{d} t} x = 0"),
    ("expect(z**2, z)", r"\mathrm{E}_{z \sim N(0, 1)}\left[{z}^{2}\right]"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "tex"), CASES)
def test_notation(text: str, tex: str) -> None:
    assert to_latex(parse_abbreviation(text, (), along_flow=True).term) == tex


def balanced(tex: str) -> bool:
    depth = 0
    for sign in re.findall(r"[{}]", tex):
        depth += 1 if sign == "{" else -1
        if depth < 0:
            return False
    return depth == 0 and tex.count(r"\left") == tex.count(r"\right")


def test_the_check_of_balance_can_fail() -> None:
    assert not balanced("{") and not balanced("}{") and not balanced(r"\left(x")


@settings(max_examples=150, deadline=None)
@given(formulas)
def test_every_formula_is_balanced_and_stays_inside_its_dollars(term) -> None:
    tex = to_latex(term)
    assert balanced(tex)
    assert not set("$|<>`#%&~") & set(tex)


@pytest.mark.parametrize("name", ["x$", "a}{b", r"\input", "x_{", "<b>", "|"])
def test_a_name_cannot_close_the_formula(name: str) -> None:
    assert not re.search(r"[$<>|]|\\input", to_latex(sym(name)))
    assert balanced(to_latex(sym(name)))
