"""Division of a domain into cells on which a computation runs through.

The computation is started on the whole domain. Where it asks for a sign that is not constant, the cell is divided
along that expression and the computation is started again on the parts; a part on which an expression vanishes is
solved for one of the parameters where that is possible, so that what cancels there is seen to cancel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from verify.exact.expansion.cases import Case, Divide, GiveUp, MoreTerms, Undefined, oriented
from verify.exact.expansion.scalars import UNITY, Power, Scalar, TooLarge, rational, shifted, solve_linear
from verify.language.terms import ZERO, Term, substitute, sym
from verify.statement import Domain

MOST_CASES = 40
ORDERS = (2, 4, 8, 14)
RELATION_TO_ZERO = {-1: "<", 0: "==", 1: ">"}

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class OnCase(Generic[Answer]):
    """What a computation found on one cell, and the order that sufficed; answer is None where it gave up."""

    case: Case
    answer: Answer | None
    reason: str = ""
    order: int = 0

    @property
    def hypotheses(self) -> tuple[Term, ...]:
        return self.case.decided


def explore(
    domain: Domain,
    compute: Callable[[Case, int], Answer],
    *,
    most: int = MOST_CASES,
    stop: Callable[[], bool] | None = None,
) -> list[OnCase[Answer]]:
    """Runs ``compute(case, order)`` on the domain, dividing it where a sign varies; the cases cover the domain."""
    waiting = [opening(domain)]
    done: list[OnCase[Answer]] = []
    while waiting:
        case = waiting.pop()
        if len(waiting) + len(done) >= most or (stop is not None and stop()):
            done.append(OnCase(case, None, "too many cases"))
            continue
        try:
            done.append(_attempt(case, compute))
        except Divide as need:
            parts = divided(case, need)
            if parts is None:
                done.append(OnCase(case, None, f"the sign of {need.scalar} is not decided"))
            else:
                waiting.extend(parts)
    return done


def _attempt(case: Case, compute: Callable[[Case, int], Answer]) -> OnCase[Answer]:
    reason = ""
    for order in ORDERS:
        try:
            return OnCase(case, compute(case, order), order=order)
        except MoreTerms:
            reason = f"everything cancels in the first {order} terms"
        except (GiveUp, Undefined, TooLarge) as error:
            return OnCase(case, None, str(error))
        except RecursionError:
            return OnCase(case, None, "the expansion is nested too deeply")
    return OnCase(case, None, reason)


def divided(case: Case, need: Divide) -> list[Case] | None:
    """The parts of the cell on which the expression has one sign each, largest part first out of a stack."""
    if not need.possible:
        return []
    if not need.scalar.names:
        return None
    turn, s = oriented(need.scalar)
    parts = []
    for sign in sorted(turn * k for k in need.possible):
        part = part_where(case, s.term, s, sign)
        if not part.impossible:
            parts.append(part)
    return parts


def part_where(case: Case, term: Term, s: Scalar, sign: int) -> Case:
    """The part of the cell on which ``term``, whose normal form is s, has the sign; solved for a parameter where s
    vanishes and that is possible."""
    part = Case(case.domain, (*case.decided, Term(RELATION_TO_ZERO[sign], term, ZERO)), dict(case.facts), case.fixed)
    solution = solve(s, part) if sign == 0 else None
    if solution is not None:
        part.fixed = with_value(case.fixed, *solution)
    turn, s = oriented(s)
    part.facts[s] = frozenset((turn * sign,))
    return part


def with_value(fixed: dict[str, Term], name: str, value: Term) -> dict[str, Term]:
    return {n: substitute(v, {name: value}) for n, v in fixed.items()} | {name: value}


def opening(domain: Domain) -> Case:
    """The whole domain as one cell, solved for parameters by the equations among its hypotheses."""
    from verify.exact.expansion.parameters import scalar

    case = Case(domain)
    for h in domain.hypotheses:
        if h.op != "==":
            continue
        try:
            solution = solve(scalar(h.args[0], case) - scalar(h.args[1], case), case)
        except (Divide, GiveUp, Undefined, TooLarge, RecursionError):
            continue
        if solution is not None:
            case = Case(domain, (), {}, with_value(case.fixed, *solution))
    return case


def solve(s: Scalar, case: Case) -> tuple[str, Term] | None:
    """(name, value) with s == 0 on the cell exactly where name == value: s is linear in a parameter whose
    coefficient has no zero on the cell. An equation that holds has defined sides, so denominators are nonzero."""
    simple = solve_linear(s)
    if simple is not None:
        return simple
    lowest: dict[Term, Fraction] = {}
    for m in s.parts:
        for a, e in m:
            power = e.rational
            if a.op == "sym" and power is not None and power < 0:
                lowest[a] = min(power, lowest.get(a, Fraction(0)))
    s = shifted(s, [(a, rational(-p)) for a, p in lowest.items()])
    for name in sorted(s.names):
        factor, rest = Scalar(), Scalar()
        for m, q in s.parts.items():
            mine: list[Power] = [(a, e) for a, e in m if name in a.free or name in e.names]
            if not mine:
                rest = rest + Scalar({m: q})
            elif mine == [(sym(name), UNITY)]:
                factor = factor + Scalar({m - {mine[0]}: q})
            else:
                break
        else:
            try:
                if 0 not in case.possible(factor):
                    return name, (-rest * case.power(factor, rational(-1))).term
            except (Divide, GiveUp, Undefined, TooLarge, RecursionError):
                continue
    return None
