"""Integrals taken out of a relation by antiderivatives that are differentiated back.

The integral of f from a to b is F(b) - F(a), with one-sided limits at an end where F is not defined, where F' = f is
proved by normal forms between the ends but for finitely many kinks, and F is continuous there. The derivative of an
integral in its ends is the integrand at the ends. What is left is a relation without integrals, true at the same
points. The antiderivatives are chosen elsewhere: searched for by a prover, read from a certificate here. Where none is
chosen the integral is split at a kink of its integrand (``verify.checker.kinked``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from verify.checker.kinked import clamped, split, zero
from verify.checker.moments import NoMoments, as_integral, expectation
from verify.checker.rationals import number
from verify.exact.signbook import NONNEGATIVE, NONPOSITIVE, POSITIVE, ZERO_SIGN
from verify.exact.signs import AT_KINK, defined, guarded, is_zero, run_on_cells, signs
from verify.language.calculus import is_total
from verify.language.evaluate import Undefined, truth
from verify.language.parse import parse_term
from verify.language.terms import (
    BINDERS,
    ONE,
    RELATIONS,
    Term,
    fn,
    fresh_name,
    num,
    rebuild,
    substitute,
    sym,
    walk,
)
from verify.statement import Domain, Statement

INTEGRALS = ("integrate", "expect")
SECONDS = 5.0
MOST_SPLITS = 12
SPLIT = ""  # recorded in the place of an antiderivative where the integral is split instead
# operators that are continuous wherever they are defined
CONTINUOUS = frozenset((
    "num", "sym", "const", "+", "-", "*", "/", "**", "neg", "abs", "sqrt", "exp", "log", "sin", "cos", "tan", "sinh",
    "cosh", "tanh", "asin", "acos", "atan", "asinh", "acosh", "atanh", "Min", "Max", "erf",
))  # fmt: skip
Fits = Callable[[Term], bool]
Choose = Callable[[Term, str, Domain, Fits], Term | None]


class NoValue(ValueError):
    """An integral for which no checked antiderivative was found."""


class Elimination:
    """Takes the integrals out of a formula over a domain.

    choose(f, x, inside, fits): an antiderivative of f in x on the domain ``inside`` that ``fits``, or None.
    seconds: the time for one proof that an antiderivative is one. notes: the steps that were made.
    one_sided: why a derivative may be one from one side only, None where every derivative is from both.
    """

    def __init__(self, domain: Domain, choose: Choose, seconds: Callable[[], float] = lambda: SECONDS) -> None:
        self.domain = domain
        self.choose = choose
        self.seconds = seconds
        self.notes: list[str] = []
        self.one_sided: str | None = None
        self.rates = 0
        self.splits = 0

    def without(self, term: Term) -> Term:
        """The term without integrals, equal to it and defined where it is. Raises NoValue."""
        if not any(t.op in INTEGRALS for t in walk(term)):
            return term
        if term.op == "diff":
            return self._rate(term)
        if term.op not in INTEGRALS:
            if term.op in BINDERS or term.op in ("forall", "exists"):
                raise NoValue(f"an integral inside {term.op}")
            return rebuild(term, self.without)
        if not term.free <= frozenset(self.domain.names):
            raise NoValue("an integral with names that are not declared")
        body, bound = term.args[0], term.args[1].args[0]
        if any(t.op in INTEGRALS for t in walk(body)):
            raise NoValue("an integral inside an integral")
        taken = frozenset(self.domain.names)
        name = bound if bound not in taken else fresh_name(bound, taken | body.free)
        body = substitute(body, {bound: sym(name)})
        if term.op == "integrate":
            return self._integral(body, name, term.args[2], term.args[3])
        try:
            mean = expectation(body, name)
        except NoMoments:
            return self._mean(body, name)
        self.notes.append("moments of the standard normal law")
        return mean

    def _mean(self, f: Term, z: str) -> Term:
        """E f(Z) as the integral of f against the density of the standard normal law."""
        whole, norm = as_integral(f, z)
        return fn("/", self._integral(whole.args[0], z, whole.args[2], whole.args[3]), norm)

    def _rate(self, term: Term) -> Term:
        """d/dx of the integral of f from a to b: f(b) b' - f(a) a' where f, free of x, is continuous between them."""
        integral, v, order = term.args
        x, domain = v.args[0], self.domain
        if integral.op != "integrate" or order != ONE or x in integral.args[0].free - integral.args[1].free:
            raise NoValue("an integral inside a derivative")
        body, bound, a, b = integral.args
        if infinite(body) or not all(t.op in CONTINUOUS for t in walk(body)):
            raise NoValue("an integrand that may jump in a derivative")
        if infinite(a) or infinite(b) or any(t.op in INTEGRALS for end in (a, b) for t in walk(end)):
            raise NoValue("an integral without end, or from an integral, in a derivative")
        index = bound.args[0]
        y = fresh_name(index, frozenset(domain.names) | body.free | a.free | b.free)
        at = sym(y)
        f = substitute(body, {index: at})
        for low, high in ((a, b), (b, a)):
            if not defined(f, domain.declaring(y).assuming(fn("<=", low, at), fn("<=", at, high))):
                raise NoValue("the integrand is not proved to be defined between the ends")
        if not is_total(f) and not _open_in(domain, x):
            self.one_sided = f"the values of {x} may have an end"
        self.rates += 1
        self.notes.append(f"the derivative of the integral in {x} is the integrand at its ends")
        top, bottom = (fn("*", substitute(f, {y: end}), fn("diff", end, v, ONE)) for end in (b, a))
        return fn("-", top, bottom)

    def _integral(self, f: Term, x: str, a: Term, b: Term) -> Term:
        domain = self.domain
        if end_sign(a) > 0 or end_sign(b) < 0:
            if end_sign(a) == end_sign(b):
                raise NoValue("both ends are the same infinity")
            return fn("neg", self._integral(f, x, b, a))
        ordered = strict = True
        if not infinite(a) and not infinite(b):
            s = signs(fn("-", b, a), domain)
            if s == ZERO_SIGN:
                return num(0)
            if s <= NONPOSITIVE and not s <= NONNEGATIVE:
                return fn("neg", self._integral(f, x, b, a))
            ordered, strict = s <= NONNEGATIVE, s <= POSITIVE
        bounds = [] if infinite(a) else [fn("<", a, sym(x))]
        bounds += [] if infinite(b) else [fn("<", sym(x), b)]
        fibre = domain.declaring(x)
        insides = [fibre.assuming(*bounds)]
        if not ordered:  # the oriented integral is F(b) - F(a) whichever end comes first
            insides.append(fibre.assuming(fn("<", b, sym(x)), fn("<", sym(x), a)))
        if not all(defined(f, inside) for inside in insides):
            raise NoValue("the integrand is not proved to be defined between the ends")
        if zero(f):
            return num(0)

        def fits(antiderivative: Term) -> bool:
            if not continuous_in(antiderivative, x) or not antiderivative.free <= {*domain.names, x}:
                return False
            slope = fn("-", fn("diff", antiderivative, sym(x), ONE), f)
            if not all(self._vanishes(slope, x, inside) for inside in insides):
                return False
            return strict or all(self._has_value_at(antiderivative, x, end) for end in (a, b))

        found = self.choose(f, x, insides[0], fits)
        if found is None:
            return self._split(f, x, a, b)
        self.notes.append(f"d/d{x} ({found}) = {f}")
        return fn("-", self._at(found, x, b, "-"), self._at(found, x, a, "+"))

    def _split(self, f: Term, x: str, a: Term, b: Term) -> Term:
        """The integral on both sides of a kink of the integrand, which is defined between the ends."""
        parts = split(f, x, self.domain)
        self.splits += 1
        if parts is None or self.splits > MOST_SPLITS:
            raise NoValue("no antiderivative that could be checked")
        self.notes.append(f"split at {x} = {parts.at}")
        ends = [(end, end_sign(end)) for end in (a, b)]
        pieces = []
        for op, form in (("Max", parts.above), ("Min", parts.below)):
            low, high = (clamped(op, end, sign, parts.at, self.domain) for end, sign in ends)
            if low != high:
                pieces.append(self._integral(form, x, low, high))
        return fn("+", *pieces) if len(pieces) == 2 else pieces[0] if pieces else num(0)

    def _vanishes(self, slope: Term, x: str, inside: Domain) -> bool:
        """F' = f on the interval but for finitely many kinks, at which F has a value."""
        seconds = self.seconds()
        if is_zero(slope, inside, seconds) is True:
            return True
        outcomes = run_on_cells(inside, lambda tower, put: guarded(tower, put, slope).num.is_zero(), seconds)
        if not outcomes:
            return False
        return all(o.value is True or (str(o.stop) == AT_KINK and x in o.cell.values) for o in outcomes)

    def _has_value_at(self, antiderivative: Term, x: str, end: Term) -> bool:
        """Whether F is defined at the finite end throughout the domain, so that it is continuous up to there."""
        return not infinite(end) and defined(substitute(antiderivative, {x: end}), self.domain)

    def _at(self, antiderivative: Term, x: str, end: Term, side: str) -> Term:
        """F at an end of the interval: its value where F is defined and continuous up to there, else the limit."""
        if self._has_value_at(antiderivative, x, end):
            return substitute(antiderivative, {x: end})
        return fn("limit", antiderivative, sym(x), end, Term("text", "+-" if infinite(end) else side))


def infinite(t: Term) -> bool:
    return any(s.op == "const" and s.args[0] == "oo" for s in walk(t))


def end_sign(t: Term) -> int:
    """1 for oo, -1 for -oo, 0 for a finite end."""
    if not infinite(t):
        return 0
    if t.op == "const":
        return 1
    if t.op == "neg" and t.args[0].op == "const":
        return -1
    raise NoValue("an end that is made of infinities")


def continuous_in(antiderivative: Term, x: str) -> bool:
    """Whether the term depends on x and, by its form, continuously wherever it is defined."""
    if x not in antiderivative.free or antiderivative.is_formula or infinite(antiderivative):
        return False
    return all((t.op in CONTINUOUS or x not in t.free) and t.op not in BINDERS for t in walk(antiderivative))


def _open_in(domain: Domain, x: str) -> bool:
    """Whether the values of x that the hypotheses allow form an open set, whatever the others are."""
    about = [h for h in domain.hypotheses if x in h.free]
    return domain.sort(x) == "real" and all(
        h.op in ("<", ">", "!=") and any(s == sym(x) and x not in o.free for s, o in (h.args, h.args[::-1]))
        for h in about
    )


# -- replaying ---------------------------------------------------------------------------------------------------


def _read(statement: Statement, certificate: Mapping[str, Any]) -> tuple[Statement, Elimination] | None:
    """The relation without integrals that the recorded antiderivatives give."""
    given = list(certificate["antiderivatives"])

    def choose(f: Term, x: str, inside: Domain, fits: Fits) -> Term | None:
        written = given.pop(0)
        if written == SPLIT:
            return None
        candidate = parse_term(written, inside.names)
        return candidate if fits(candidate) else None

    if statement.flow or statement.conclusion.op not in RELATIONS:
        return None
    elimination = Elimination(statement.domain, choose)
    left = statement.concluding(elimination.without(statement.conclusion))
    return None if given or elimination.one_sided is not None else (left, elimination)


def check_antiderivatives(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the antiderivatives are some, and what is left is proved."""
    from verify.checker import replay

    found = _read(statement, certificate)
    return found is not None and replay(found[0], certificate["rest"])


def refutes_integrals(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the antiderivatives are some, and what is left fails.

    At a point it must be false, not merely undefined: the rule for a derivative may say less than the derivative.
    """
    from verify.checker import replay

    found = _read(statement, certificate)
    if found is None:
        return False
    left, elimination = found
    rest = certificate["rest"]
    if rest["kind"] == "point":
        try:
            point = {name: number(text) for name, text in rest["point"].items()}
            if truth(left.conclusion, point) is not False:
                return False
        except Undefined:
            return False
    elif elimination.rates:
        return False
    return replay(left, rest, "fails")
