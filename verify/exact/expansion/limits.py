"""Limits and leading terms at a point, cell by cell of the parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from verify.exact.expansion.cases import Case, GiveUp, MoreTerms, Undefined
from verify.exact.expansion.division import OnCase, explore
from verify.exact.expansion.functions import Expander, summed
from verify.exact.expansion.growth import Monomial, size
from verify.exact.expansion.scalars import NOTHING, Scalar, rational
from verify.exact.expansion.series import Series
from verify.language.terms import INFINITY, ONE, Term, sym
from verify.statement import Domain

Kind = Literal["finite", "oo", "-oo", "none"]
Stop = Callable[[], bool] | None


@dataclass(frozen=True)
class Limit:
    """kind: finite (then ``value``), oo, -oo, or none: proven not to exist, for the reason said.

    one_sided: the function has values on one side of the point only, and the limit is the one from there.
    """

    kind: Kind
    value: Scalar = NOTHING
    reason: str = ""
    one_sided: bool = False

    @property
    def term(self) -> Term | None:
        if self.kind == "none":
            return None
        return self.value.term if self.kind == "finite" else INFINITY if self.kind == "oo" else Term("neg", INFINITY)

    def __str__(self) -> str:
        return f"no limit ({self.reason})" if self.kind == "none" else str(self.term)


@dataclass(frozen=True)
class Leading:
    """f ~ coefficient * t**exponent * log(1/t)**logpower * scale, where t -> 0+ is the distance to the point.

    At infinity t = 1/|x|. ``scale`` holds the factors that grow faster than every power (exponentials) or slower
    than every power of a logarithm, as a term in ``distance``. size: 1 where |f| -> oo, 0 where f has a limit
    other than 0, -1 where f -> 0. The zero function has the coefficient 0.
    """

    coefficient: Term
    exponent: Term
    logpower: Term
    scale: Term
    size: int
    sign: int
    distance: str = "t"

    def term(self, t: Term) -> Term:
        from verify.language.terms import substitute

        log = Term("log", Term("/", ONE, t))
        power = Term("*", Term("**", t, self.exponent), Term("**", log, self.logpower))
        return Term("*", Term("*", self.coefficient, power), substitute(self.scale, {self.distance: t}))


def place(a: Term) -> tuple[Term | None, int]:
    """(point or None, side of infinity) of a limit point."""
    if a == INFINITY:
        return None, 1
    if a.op == "neg" and a.args[0] == INFINITY:
        return None, -1
    return a, 0


def sides(a: Term, side: str) -> list[tuple[Term | None, int]]:
    at, infinite = place(a)
    if at is None:
        return [(None, infinite)]
    return [(at, s) for s, mark in ((1, "+"), (-1, "-")) if mark in side]


def apart(f: Term, x: str, domain: Domain) -> tuple[Term, str, Domain]:
    """The function with a variable of its own, and the domain of the parameters alone."""
    from verify.language.terms import fresh_name, substitute

    if x not in domain.names and not any(x in h.free for h in domain.hypotheses):
        return f, x, domain
    y = fresh_name(x, frozenset(domain.names) | f.free)
    return substitute(f, {x: sym(y)}), y, domain


def limit_of(s: Series, case: Case) -> Limit:
    """The limit of an expansion."""
    for c, m in s.terms:
        k = size(m, case)
        if k < 0:
            return Limit("finite")
        if k == 0:
            return Limit("finite", NOTHING if c.vanishes else c)
        sign = case.sign(c)
        if sign:
            return Limit("oo" if sign > 0 else "-oo")
    if all(size(e, case) < 0 for e in s.error):
        return Limit("finite")
    raise MoreTerms


def side_limit(f: Term, x: str, at: Term | None, side: int, case: Case, order: int) -> Limit:
    """The limit from one side; ``none`` only with a proof."""
    expander = Expander(case, order, x, at, side)
    try:
        return limit_of(expander.expand(f), case)
    except Undefined as error:
        return Limit("none", reason=f"no value near the point: {error}")
    except (MoreTerms, GiveUp):
        if oscillates(f, expander):
            return Limit("none", reason="it oscillates")
        raise


def oscillates(f: Term, expander: Expander) -> bool:
    """True only if f takes values near two different numbers arbitrarily close to the point."""
    if f.op in ("sin", "cos"):
        try:
            return expander.math.finite(expander.expand(f.args[0]))[0] != 0
        except (MoreTerms, GiveUp, Undefined):
            return False
    if f.op in ("+", "-", "neg"):
        return _oscillating_sum(f, expander)
    if f.op not in ("*", "/"):
        return False
    for u, v in (f.args, f.args[::-1]) if f.op != "/" else (f.args,):
        if not oscillates(u, expander):
            continue
        try:
            other = limit_of(expander.expand(v), expander.case)
        except (MoreTerms, GiveUp, Undefined):
            return False
        if other.kind != "finite":
            return f.op == "*" and u.op in ("sin", "cos")
        return expander.case.nonzero(other.value)
    return False


def _oscillating_sum(f: Term, expander: Expander) -> bool:
    """One summand that oscillates while the rest tends to a number."""
    counts = summed(f)
    moving = [t for t, count in counts.items() if count and oscillates(t, expander)]
    if len(moving) != 1:
        return False
    math, rest = expander.math, Series()
    try:
        for t, count in counts.items():
            if t != moving[0]:
                rest = math.add(rest, math.scale(expander.expand(t), rational(count)))
        return limit_of(rest, expander.case).kind == "finite"
    except (MoreTerms, GiveUp, Undefined):
        return False


def joined(found: list[Limit], case: Case) -> Limit:
    """The two-sided limit from the one-sided ones."""
    if len(found) == 1:
        return found[0]
    right, left = found
    nowhere = [g.kind == "none" and g.reason.startswith("no value") for g in found]
    if any(nowhere) and not all(nowhere):
        there = left if nowhere[0] else right
        return Limit(there.kind, there.value, there.reason, one_sided=True)
    for g in found:
        if g.kind == "none":
            return g
    if right.kind != left.kind or (right.kind == "finite" and case.nonzero(right.value - left.value)):
        return Limit("none", reason=f"{right} from the right, {left} from the left")
    return right


def limit_on(f: Term, x: str, a: Term, side: str, case: Case, order: int) -> Limit:
    """The limit on a cell; raises ``Divide`` where the cell is too large, ``GiveUp`` or ``MoreTerms``."""
    if x in a.free:
        raise GiveUp("the limit point moves with the variable")
    found = [side_limit(f, x, at, s, case, order) for at, s in sides(a, side)]
    return joined(found, case)


def limit_cases(f: Term, x: str, a: Term, side: str, domain: Domain, stop: Stop = None) -> list[OnCase[Limit]]:
    """The limit of f as x tends to a from ``side`` (``"+"``, ``"-"``, ``"+-"``), on cells that cover the domain."""
    f, x, domain = apart(f, x, domain)
    return explore(domain, lambda case, order: limit_on(f, x, a, side, case, order), stop=stop)


def limit(f: Term, x: str, a: Term, side: str, domain: Domain) -> list[tuple[tuple[Term, ...], Term | None]]:
    """Pairs (added hypotheses, value); oo and -oo are values, None stands for no limit or no answer."""
    found = limit_cases(f, x, a, side, domain)
    return [(c.hypotheses, c.answer.term if c.answer is not None and not c.answer.one_sided else None) for c in found]


def leading_on(f: Term, x: str, at: Term | None, side: int, case: Case, order: int) -> Leading:
    """The dominant term on a cell."""
    math = Expander(case, order, x, at, side)
    top = math.math.leading(math.expand(f))
    zero, one = rational(0).term, ONE
    if top is None:
        return Leading(zero, zero, zero, one, -1, 0)
    c, m, sign = top
    rest = Monomial((NOTHING, NOTHING, *m.exponents[2:]), m.tower)
    big = Term("/", ONE, sym("t"))
    return Leading(
        c.term, m.exponent(0).scaled(Fraction(-1)).term, m.exponent(1).term, rest.term(big), size(m, case), sign
    )


def boundary_behaviour(
    f: Term, x: str, a: Term, side: str, domain: Domain, stop: Stop = None
) -> list[tuple[tuple[Term, ...], Leading | None]]:
    """Pairs (added hypotheses, dominant term of f at a from one side ``"+"`` or ``"-"``), None where undecided."""
    f, x, domain = apart(f, x, domain)
    ((at, s),) = sides(a, side)
    found = explore(domain, lambda case, order: leading_on(f, x, at, s, case, order), stop=stop)
    return [(c.hypotheses, c.answer) for c in found]


