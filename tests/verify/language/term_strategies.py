"""Random terms of the language, for properties that every term has."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import strategies as st

from verify.language.terms import (
    CONSTANTS,
    FUNCTIONS,
    PREDICATE_VARIABLE,
    PREDICATES,
    RELATIONS,
    Term,
    num,
    rebuild,
    sym,
)

NAMES = ("x", "y", "lam", "w_1")

names = st.sampled_from(NAMES).map(sym)
fractions = st.fractions(-50, 50, max_denominator=40).map(num)
leaves = st.one_of(fractions, names, st.sampled_from(CONSTANTS).map(lambda name: Term("const", name)))


@st.composite
def _calls(draw: st.DrawFn, inner: st.SearchStrategy[Term]) -> Term:
    name = draw(st.sampled_from(sorted(FUNCTIONS)))
    fewest, most = FUNCTIONS[name]
    return Term(name, *draw(st.lists(inner, min_size=fewest, max_size=min(most, 3))))


def _bigger(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    ranges = st.sampled_from(("integrate", "Sum", "Product"))
    sides = st.sampled_from(("+", "-", "+-")).map(lambda side: Term("text", side))
    return st.one_of(
        st.builds(Term, st.sampled_from(("+", "-", "*", "/", "**")), inner, inner),
        st.builds(Term, st.just("neg"), inner),
        _calls(inner),
        st.builds(Term, st.just("diff"), inner, names, st.integers(1, 8).map(num)),
        st.builds(Term, ranges, inner, names, inner, inner),
        st.builds(Term, st.just("limit"), inner, names, inner, sides),
        st.builds(Term, st.just("expect"), inner, names),
    )


terms = st.recursive(leaves, _bigger, max_leaves=12)


@st.composite
def _predicates(draw: st.DrawFn) -> Term:
    name = draw(st.sampled_from(sorted(PREDICATES)))
    arguments = draw(st.lists(terms, min_size=PREDICATES[name], max_size=PREDICATES[name]))
    arguments[PREDICATE_VARIABLE[name]] = draw(names)
    return Term(name, *arguments)


def _wider(inner: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    return st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Term("and", *parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Term("or", *parts)),
        st.builds(Term, st.just("not"), inner),
        st.builds(Term, st.just("implies"), inner, inner),
        st.builds(Term, st.sampled_from(("forall", "exists")), names, inner),
    )


relations = st.builds(Term, st.sampled_from(RELATIONS), terms, terms)
formulas = st.recursive(
    st.one_of(relations, _predicates(), st.sampled_from((Term("true"), Term("false")))), _wider, max_leaves=5
)


def in_normal_form(term: Term) -> Term:
    """The term with every quotient and negative of literal numbers written as one number."""
    term = rebuild(term, in_normal_form)
    if term.op == "neg" and term.args[0].is_number:
        return num(-term.args[0].args[0])
    if term.op == "/" and all(a.is_number for a in term.args) and term.args[1].args[0] != 0:
        return num(Fraction(term.args[0].args[0]) / term.args[1].args[0])
    return term
