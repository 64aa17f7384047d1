"""Replays counterexamples to a property of a function of one variable, at exact values of the parameters.

- ``undefined``: a point of the set at which the function has no value;
- ``chord``: three points of an interval of the set, the middle one above the chord (strictly convex: not below it);
- ``pair``: two points of the set in order whose values are not;
- ``image``: a point of the set that x -> -x, or x -> c*x with c > 0, takes out of the set;
- ``value``: a point at which f(-x) = f(x), or the like, is false;
- ``end``: an end of an interval at which the function tends to infinity.

``not P`` fails at any point of the domain where P holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from verify.checker.rationals import number
from verify.checker.shapes import CURVES, SYMMETRIES, Recorded, symmetry
from verify.checker.shapes_curves import Function
from verify.checker.shapes_functions import NotAFunction, function_of
from verify.checker.shapes_goals import Goals, Parts
from verify.checker.shapes_limits import SIDES, Side, is_infinite
from verify.checker.shapes_ranges import Range, range_of
from verify.language.evaluate import Undefined, Unknown, enclose, truth
from verify.language.terms import Term, num, substitute, walk
from verify.statement import Domain, Statement

PRECISION = 192  # bits; not the search's, so that the enclosures are new ones
Values = Mapping[str, Fraction]


def refutes(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Whether the certificate's counterexample shows that the property fails."""
    kind = statement.conclusion.op
    if statement.flow or kind not in CURVES | SYMMETRIES | {"not"}:
        return False
    if kind == "not":
        return opposite(statement, certificate)
    try:
        f, where, domain = function_of(statement, Parts(certificate["parts"]))
        values = parameters(certificate["parameters"], where)
        check = _VIOLATIONS[certificate["violation"]]
        return values is not None and check(statement, f, where, domain, values, certificate)
    except NotAFunction:
        return False


def opposite(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """P holds, and some point satisfies every hypothesis."""
    from verify.checker import replay

    positive = statement.concluding(statement.conclusion.args[0])
    values = numbers(certificate["point"])
    return inhabited(statement.domain, values) and replay(positive, certificate["positive"])


def inhabited(domain: Domain, values: Values) -> bool:
    """Whether the values are a point of the domain."""
    whole = all(values[n].denominator == 1 for n, sort in domain.variables if sort == "integer")
    return set(values) == set(domain.names) and whole and satisfied(domain.hypotheses, values)


def parameters(texts: Mapping[str, str], where: Range) -> dict[str, Fraction] | None:
    """Values of all parameters that satisfy every hypothesis on them alone."""
    values = numbers(texts)
    return values if inhabited(where.parameters, values) else None


def numbers(texts: Mapping[str, str]) -> dict[str, Fraction]:
    """Exact rational numbers by name. Raises ValueError."""
    return {str(name): number(text) for name, text in texts.items()}


def satisfied(formulas: Sequence[Term], values: Values) -> bool:
    """Whether every formula is certainly true at the point."""
    try:
        return all(truth(h, values, PRECISION) is True for h in formulas)
    except (Undefined, Unknown):
        return False


def inside(where: Range, domain: Domain, values: Values, x: Fraction) -> bool:
    """Whether x certainly belongs to the set, for these values of the parameters."""
    return satisfied([h for h in domain.hypotheses if where.x in h.free], {**values, where.x: x})


def undefined_at(f: Term, values: Values) -> bool:
    try:
        enclose(f, values, PRECISION)
    except Undefined:
        return True
    except Unknown:
        return False
    return False


def bends_down(f: Term, x: str, values: Values, points: Sequence[Fraction], strict: bool) -> bool:
    """Whether of three points p < q < r the graph at q lies above the chord (``strict``: not below it)."""
    p, q, r = points
    left, middle, right = (substitute(f, {x: num(v)}) for v in (p, q, r))
    chord = Term("+", Term("*", left, num(r - q)), Term("*", right, num(q - p)))
    return p < q < r and satisfied([Term(">=" if strict else ">", Term("*", middle, num(r - p)), chord)], values)


def closed_function(f: Term, domain: Domain, x: str, values: Values, goals: Goals, leaf: Mapping[str, Any]) -> Function:
    """The function for these values of the parameters; ``leaf`` names its cuts."""
    exact = {name: num(value) for name, value in values.items()}
    hypotheses = tuple(substitute(h, exact) for h in domain.hypotheses if x in h.free)
    where = range_of(Domain(((x, "real"),), hypotheses), x)
    return Function(substitute(f, exact), where, goals, Recorded(leaf, where))


# -- violations -------------------------------------------------------------------------------------------------------


def _undefined(s: Statement, f: Term, where: Range, domain: Domain, values: Values, told: Mapping[str, Any]) -> bool:
    at = number(told["at"])
    plain = all(t.op != "diff" for t in walk(s.conclusion))  # a derivative may exist where its rule breaks
    return plain and inside(where, domain, values, at) and undefined_at(f, {**values, where.x: at})


def _chord(s: Statement, f: Term, where: Range, domain: Domain, values: Values, told: Mapping[str, Any]) -> bool:
    points = [number(t) for t in told["points"]]
    if s.conclusion.op not in ("convex", "strictly_convex") or not where.exact:
        return False
    together = any(
        all(satisfied(c.member(num(p)), values) for p in (points[0], points[2])) for c in where.components
    )
    return (
        together
        and all(inside(where, domain, values, p) for p in points)
        and bends_down(f, where.x, values, points, s.conclusion.op == "strictly_convex")
    )


def _pair(s: Statement, f: Term, where: Range, domain: Domain, values: Values, told: Mapping[str, Any]) -> bool:
    p, q = (number(t) for t in told["points"])
    if s.conclusion.op not in ("increasing", "strictly_increasing") or not p < q:
        return False
    first, second = (substitute(f, {where.x: num(v)}) for v in (p, q))
    relation = ">=" if s.conclusion.op == "strictly_increasing" else ">"
    there = inside(where, domain, values, p) and inside(where, domain, values, q)
    return there and satisfied([Term(relation, first, second)], values)


def _image(s: Statement, f: Term, where: Range, domain: Domain, values: Values, told: Mapping[str, Any]) -> bool:
    _, image, here = _moved(s, f, where, domain, values, told)
    if not satisfied([h for h in domain.hypotheses if where.x in h.free], here):
        return False
    for h in (substitute(h, {where.x: image}) for h in domain.hypotheses if where.x in h.free):
        try:
            if truth(h, here, PRECISION) is False:
                return True
        except (Undefined, Unknown):
            continue
    return False


def _value(s: Statement, f: Term, where: Range, domain: Domain, values: Values, told: Mapping[str, Any]) -> bool:
    relation, _, here = _moved(s, f, where, domain, values, told)
    at_home = [h for h in domain.hypotheses if where.x in h.free]
    return satisfied([*at_home, Term("!=", *relation.args)], here)


def _moved(
    s: Statement, f: Term, where: Range, domain: Domain, values: Values, told: Mapping[str, Any]
) -> tuple[Term, Term, Values]:
    """(the relation that the symmetry asks for, the image of x, the point with the factor c > 0)."""
    if s.conclusion.op not in SYMMETRIES:
        raise ValueError("not a symmetry")
    relation, image, wider = symmetry(s.conclusion, f, where.x, domain)
    here = {**values, where.x: number(told["at"])}
    for name in set(wider.names) - set(domain.names):
        here[name] = number(told["factor"])
        if here[name] <= 0:
            raise ValueError("the factor is not positive")
    return relation, image, here


def _end(s: Statement, f: Term, where: Range, domain: Domain, values: Values, told: Mapping[str, Any]) -> bool:
    if s.conclusion.op != "bounded" or told["side"] not in SIDES:
        return False
    curve = closed_function(f, domain, where.x, values, Parts(told["parts"]), told["leaf"])
    return unbounded_at(curve, told["component"], told["side"])


def unbounded_at(curve: Function, component: int, side: Side) -> bool:
    """Whether a function without parameters tends to oo or -oo at one end of an interval."""
    interval = curve.where.components[component]
    low, high = interval.lower, interval.upper
    pieces = curve.pieces(interval)
    if not curve.where.exact or pieces is None:
        return False
    if low is not None and high is not None and not satisfied([Term("<", low.at, high.at)], {}):
        return False
    piece = pieces[0 if side == "left" else -1]
    limits = curve.limit(piece.term, piece, side)
    return len(limits) == 1 and limits[0][1] is not None and is_infinite(limits[0][1])


_VIOLATIONS = {"undefined": _undefined, "chord": _chord, "pair": _pair, "image": _image, "value": _value, "end": _end}
