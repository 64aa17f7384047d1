"""Quantities: terms that are written with Python's operators and carry the domains of their variables.

``x = real("x"); x**2 / 2 >= 0`` builds the statement's formula as data. Comparing two quantities gives a formula
and never a truth value: asking a quantity for its truth raises ``TypeError``. Numbers are exact (``int`` or
``Fraction``); a float is refused, since ``0.1`` would not be one tenth.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Union

from verify.language.terms import ZERO, Term, fn, num, sym
from verify.statement import Domain, Sort

if TYPE_CHECKING:
    import theory.potentials

Operand = Union["Quantity", int, Fraction]


def merge(*domains: Domain) -> Domain:
    """The domain with the variables and the hypotheses of all, each once; a name of two sorts is an error."""
    variables: dict[str, Sort] = {}
    hypotheses: dict[Term, None] = {}
    for domain in domains:
        for name, sort in domain.variables:
            if variables.setdefault(name, sort) != sort:
                raise TypeError(f"{name} is declared both {variables[name]} and {sort}")
        hypotheses.update(dict.fromkeys(domain.hypotheses))
    return Domain(tuple(variables.items()), tuple(hypotheses))


class Quantity:
    """A term (or a formula) together with the domain of the variables in it."""

    __slots__ = ("domain", "term")

    def __init__(self, term: Term, domain: Domain = Domain()) -> None:  # noqa: B008  (immutable)
        self.term = term
        self.domain = domain

    def __repr__(self) -> str:
        return repr(self.term)

    def __bool__(self) -> bool:
        raise TypeError(f"{self!r} is a formula or a term, not a truth value; join formulas with &, | and ~")

    __hash__ = object.__hash__

    def assuming(self, *relations: Quantity) -> Quantity:
        """The same quantity, its variables restricted by further relations."""
        domain = merge(self.domain, *(r.domain for r in relations))
        return Quantity(self.term, domain.assuming(*(r.term for r in relations)))

    def __neg__(self) -> Quantity:
        return Quantity(Term("neg", self.term), self.domain)

    def __pos__(self) -> Quantity:
        return self

    def __abs__(self) -> Quantity:
        return apply("abs", self)

    def __add__(self, other: Operand) -> Quantity:
        return apply("+", self, other)

    def __radd__(self, other: Operand) -> Quantity:
        return apply("+", other, self)

    def __sub__(self, other: Operand) -> Quantity:
        return apply("-", self, other)

    def __rsub__(self, other: Operand) -> Quantity:
        return apply("-", other, self)

    def __mul__(self, other: Operand) -> Quantity:
        return apply("*", self, other)

    def __rmul__(self, other: Operand) -> Quantity:
        return apply("*", other, self)

    def __truediv__(self, other: Operand) -> Quantity:
        return apply("/", self, other)

    def __rtruediv__(self, other: Operand) -> Quantity:
        return apply("/", other, self)

    def __pow__(self, other: Operand) -> Quantity:
        return apply("**", self, other)

    def __rpow__(self, other: Operand) -> Quantity:
        return apply("**", other, self)

    def __eq__(self, other: object) -> Quantity:  # type: ignore[override]
        return apply("==", self, other)

    def __ne__(self, other: object) -> Quantity:  # type: ignore[override]
        return apply("!=", self, other)

    def __lt__(self, other: Operand) -> Quantity:
        return apply("<", self, other)

    def __le__(self, other: Operand) -> Quantity:
        return apply("<=", self, other)

    def __gt__(self, other: Operand) -> Quantity:
        return apply(">", self, other)

    def __ge__(self, other: Operand) -> Quantity:
        return apply(">=", self, other)

    def __and__(self, other: Quantity) -> Quantity:
        return apply("and", self, other)

    def __or__(self, other: Quantity) -> Quantity:
        return apply("or", self, other)

    def __invert__(self) -> Quantity:
        return apply("not", self)


def as_quantity(value: object) -> Quantity:
    """An exact number or a quantity as a quantity; anything else raises ``TypeError``."""
    if isinstance(value, Quantity):
        return value
    if isinstance(value, (int, Fraction)) and not isinstance(value, bool):
        return Quantity(num(value))
    if isinstance(value, float):
        raise TypeError(f"{value!r} is not exact: write a Fraction")
    raise TypeError(f"{value!r} is neither a quantity nor an exact number")


def apply(op: str, *operands: object) -> Quantity:
    """The operator or function of the language applied to quantities and exact numbers."""
    parts = [as_quantity(v) for v in operands]
    return Quantity(fn(op, *(p.term for p in parts)), merge(*(p.domain for p in parts)))


def real(name: str) -> Quantity:
    """A real variable."""
    return Quantity(sym(name), Domain(((name, "real"),)))


def integer(name: str) -> Quantity:
    """An integer variable."""
    return Quantity(sym(name), Domain(((name, "integer"),)))


def _signed(name: str, relation: str) -> Quantity:
    return Quantity(sym(name), Domain(((name, "real"),), (Term(relation, sym(name), ZERO),)))


def positive(name: str) -> Quantity:
    """A real variable > 0."""
    return _signed(name, ">")


def nonnegative(name: str) -> Quantity:
    """A real variable >= 0."""
    return _signed(name, ">=")


def nonzero(name: str) -> Quantity:
    """A real variable != 0."""
    return _signed(name, "!=")


def sqrt(u: Operand) -> Quantity:
    return apply("sqrt", u)


def exp(u: Operand) -> Quantity:
    return apply("exp", u)


def log(u: Operand) -> Quantity:
    return apply("log", u)


def sign(u: Operand) -> Quantity:
    return apply("sign", u)


def spow(u: Operand, r: Operand) -> Quantity:
    """sign(u)*abs(u)**r"""
    return apply("spow", u, r)


def sinh(u: Operand) -> Quantity:
    return apply("sinh", u)


def cosh(u: Operand) -> Quantity:
    return apply("cosh", u)


def tanh(u: Operand) -> Quantity:
    return apply("tanh", u)


def asinh(u: Operand) -> Quantity:
    return apply("asinh", u)


def acosh(u: Operand) -> Quantity:
    return apply("acosh", u)


def atanh(u: Operand) -> Quantity:
    return apply("atanh", u)


def diff(f: Quantity, x: Quantity, n: int = 1) -> Quantity:
    """The n-th derivative of f in the variable x."""
    _variable(x)
    return apply("diff", f, x, n) if n else f


def implies(hypothesis: Quantity, conclusion: Quantity) -> Quantity:
    return apply("implies", hypothesis, conclusion)


def convex(f: Quantity, x: Quantity) -> Quantity:
    return apply("convex", f, x)


def strictly_convex(f: Quantity, x: Quantity) -> Quantity:
    return apply("strictly_convex", f, x)


def legendre(f: Quantity, x: Quantity) -> Quantity:
    return apply("legendre", f, x)


def bregman(f: Quantity, x: Quantity) -> Quantity:
    return apply("bregman", f, x)


def _variable(x: Quantity) -> str:
    if x.term.op != "sym":
        raise TypeError(f"{x!r} is not a variable")
    return str(x.term.args[0])


class MirrorPotential:
    """R(x) of one variable as quantities, over the domain of the expression given.

    Gradient, metric and conjugate are stated by their definitions, so that a claim about them is checked from the
    definition by the provers alone; ``theory`` holds what ``theory.potentials`` derives of the same R.
    """

    def __init__(self, expression: Quantity, x: Quantity) -> None:
        _variable(x)
        self.domain = merge(expression.domain, x.domain)
        self.expression = expression
        self.x = x

    @cached_property
    def theory(self) -> theory.potentials.MirrorPotential:
        """The same potential as an object of the theory, its parameters positive where the domain says so."""
        from theory.potentials import MirrorPotential as Derived
        from verify.language.bridge import symbols_of, to_sympy

        symbol = symbols_of(self.expression.term, self.domain)[_variable(self.x)]
        return Derived(to_sympy(self.expression.term, self.domain), symbol)

    @property
    def gradient(self) -> Quantity:
        """R'(x)"""
        return diff(self.expression, self.x)

    @property
    def hessian(self) -> Quantity:
        """R''(x)"""
        return diff(self.expression, self.x, 2)

    @property
    def inverse_metric(self) -> Quantity:
        """1/R''(x)"""
        return 1 / self.hessian

    @property
    def dual_at_gradient(self) -> Quantity:
        """R*(R'(x)) = x R'(x) - R(x)"""
        return self.x * self.gradient - self.expression

    @property
    def horizon(self) -> Quantity:
        """lim_{s -> oo} (d R*(R'(s x)))^(1/d)/s with the degree of growth d of R*(R'), as the theory derives it."""
        from verify.language.bridge import from_sympy

        return Quantity(from_sympy(self.theory.horizon), self.domain)

    def __call__(self, at: Operand) -> Quantity:
        """R at another point."""
        from verify.language.terms import substitute

        point = as_quantity(at)
        term = substitute(self.expression.term, {_variable(self.x): point.term})
        return Quantity(term, merge(self.domain, point.domain))
