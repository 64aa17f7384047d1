"""The set over which one variable ranges, read off exactly from the hypotheses of a domain.

A hypothesis bounds x when it is a relation that is affine in x with a rational coefficient, or bounds |x|:
``x > 0``, ``2*x <= b``, ``-B <= x``, ``abs(x) < B``, ``x != c``. The ends of the interval are terms free of x.
Whatever else is said of x is kept apart in ``unread``: then the set is not known exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from verify.checker.shapes_affine import affine, negative, rational, rationally_less, times
from verify.language.terms import Term, num, sym
from verify.statement import Domain

_MIRROR = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}

Less = Callable[[Term, Term], bool]


@dataclass(frozen=True)
class Bound:
    """An end of an interval; ``closed`` when the end belongs to it."""

    at: Term
    closed: bool


@dataclass(frozen=True)
class Interval:
    """lower/upper: None where the interval is unbounded on that side."""

    lower: Bound | None = None
    upper: Bound | None = None

    def inside(self, x: Term) -> tuple[Term, ...]:
        """The relations that say that x is an interior point."""
        parts: list[Term] = []
        if self.lower is not None:
            parts.append(Term(">", x, self.lower.at))
        if self.upper is not None:
            parts.append(Term("<", x, self.upper.at))
        return tuple(parts)

    def member(self, x: Term) -> tuple[Term, ...]:
        """The relations that say that x belongs to the interval."""
        parts: list[Term] = []
        if self.lower is not None:
            parts.append(Term(">=" if self.lower.closed else ">", x, self.lower.at))
        if self.upper is not None:
            parts.append(Term("<=" if self.upper.closed else "<", x, self.upper.at))
        return tuple(parts)

    @property
    def closed(self) -> bool:
        """Closed as a subset of the line."""
        return all(end is None or end.closed for end in (self.lower, self.upper))

    @property
    def open(self) -> Interval:
        """The interval without its ends."""
        return Interval(*(None if end is None else Bound(end.at, False) for end in (self.lower, self.upper)))

    @property
    def compact(self) -> bool:
        return all(end is not None and end.closed for end in (self.lower, self.upper))

    @property
    def text(self) -> str:
        left = "(-oo" if self.lower is None else f"{'[' if self.lower.closed else '('}{self.lower.at!r}"
        right = "oo)" if self.upper is None else f"{self.upper.at!r}{']' if self.upper.closed else ')'}"
        return f"{left}, {right}"


@dataclass(frozen=True)
class Range:
    """Where x ranges: intervals from left to right, for parameters that satisfy ``parameters``.

    unread: hypotheses on x that are not bounds; while there are any, the set is smaller than the intervals say.
    """

    x: str
    components: tuple[Interval, ...]
    parameters: Domain
    unread: tuple[Term, ...] = ()

    @property
    def exact(self) -> bool:
        return not self.unread

    def on(self, *formulas: Term) -> Domain:
        """The domain of the parameters and x, with x limited by the formulas alone."""
        return self.parameters.declaring(self.x).assuming(*formulas)


def range_of(domain: Domain, x: str, less: Less = rationally_less) -> Range:
    """Where x ranges in the domain.

    less: says True only where its first term is known to be smaller for all parameters; used to pick the
    tighter of two bounds and to order the points that are left out.
    """
    about: list[Term] = []
    others: list[Term] = []
    for h in domain.hypotheses:
        (about if x in h.free else others).append(h)
    parameters = Domain(tuple(v for v in domain.variables if v[0] != x), tuple(others))
    lowers: list[Bound] = []
    uppers: list[Bound] = []
    removed: list[Term] = []
    unread: list[Term] = []
    for h in about:
        for part in _flat(h):
            if not _read(part, x, lowers, uppers, removed):
                unread.append(part)
    lower = _tightest(lowers, lambda u, v: less(v, u))
    upper = _tightest(uppers, less)
    if isinstance(lower, list) or isinstance(upper, list):
        unread.extend(h for h in about if h not in unread)
        lower, upper = None, None
    components = _without(Interval(lower, upper), removed, less)
    if components is None:
        unread.extend(Term("!=", sym(x), c) for c in removed)
        components = (Interval(lower, upper),)
    return Range(x, components, parameters, tuple(unread))


def _flat(formula: Term) -> list[Term]:
    if formula.op == "and":
        return [p for a in formula.args for p in _flat(a)]
    return [formula]


def _read(h: Term, x: str, lowers: list[Bound], uppers: list[Bound], removed: list[Term]) -> bool:
    if h.op not in _MIRROR or h.op == "==":
        return False
    left, right, op = h.args[0], h.args[1], h.op
    if x in right.free and x not in left.free:
        left, right, op = right, left, _MIRROR[op]
    if left.op == "abs" and x not in right.free and op in ("<", "<="):
        inside = left.args[0]
        return _read(Term(op, inside, right), x, lowers, uppers, removed) and _read(
            Term(op, negative(right), inside), x, lowers, uppers, removed
        )
    if left.op == "abs" and rational(right) == 0 and op in (">", "!="):
        left, op = left.args[0], "!="
    form = affine(Term("-", left, right), x)
    if form is None or form[0] == 0:
        return False
    slope, rest = form
    at = times(num(-1 / slope), rest)
    if op == "!=":
        removed.append(at)
        return True
    if slope < 0:
        op = _MIRROR[op]
    (uppers if op in ("<", "<=") else lowers).append(Bound(at, op in ("<=", ">=")))
    return True


def _tightest(bounds: list[Bound], tighter: Less) -> Bound | list[Bound] | None:
    """The tightest of the bounds; the list itself when they cannot be compared."""
    best: Bound | None = None
    for b in bounds:
        if best is None or tighter(b.at, best.at):
            best = b
        elif b.at == best.at:
            best = Bound(b.at, b.closed and best.closed)
        elif not tighter(best.at, b.at):
            return bounds
    return best


def _without(whole: Interval, removed: list[Term], less: Less) -> tuple[Interval, ...] | None:
    points: list[Term] = []
    for c in removed:
        if c in points:
            continue
        at = next((k for k, p in enumerate(points) if less(c, p)), len(points))
        if any(not less(p, c) for p in points[:at]):
            return None
        points.insert(at, c)
    pieces: list[Interval] = []
    rest = whole
    for c in points:
        low, high = rest.lower, rest.upper
        if (low is not None and less(c, low.at)) or (high is not None and less(high.at, c)):
            continue
        if low is not None and low.at == c:
            rest = Interval(Bound(c, False), high)
            continue
        if high is not None and high.at == c:
            rest = Interval(low, Bound(c, False))
            continue
        if (low is not None and not less(low.at, c)) or (high is not None and not less(c, high.at)):
            return None
        pieces.append(Interval(low, Bound(c, False)))
        rest = Interval(Bound(c, False), high)
    return (*pieces, rest)
