"""The potential as it was written: R, its variable, its parameters and the interval on which it is meant."""

from __future__ import annotations

from dataclasses import dataclass, replace

from verify.language.errors import LanguageError, quote
from verify.language.given import parse_given
from verify.language.parse import parse_term
from verify.language.scan import name_fault
from verify.language.syntax import tree_measure
from verify.language.terms import BINDERS, INFINITY, Term, sym, walk
from verify.potential.named import named
from verify.statement import Domain

MAX_NODES = 400
MAX_PARAMETERS = 6
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Request:
    """The texts of a question, as they came in. expression: in the variable, or a name that ``named`` knows."""

    expression: str
    variable: str = "x"
    given: tuple[str, ...] = ()
    seed: int = 20250101


@dataclass(frozen=True)
class Interval:
    """dom R; an end is a term without x, or None where there is none."""

    low: Term | None = None
    high: Term | None = None
    low_in: bool = False
    high_in: bool = False

    @property
    def whole(self) -> bool:
        return self.low is None and self.high is None

    @property
    def text(self) -> str:
        low = "-oo" if self.low is None else repr(self.low)
        high = "oo" if self.high is None else repr(self.high)
        return f"{'[' if self.low_in else '('}{low}, {high}{']' if self.high_in else ')'}"

    def bounds(self, x: str) -> list[Term]:
        out = []
        if self.low is not None:
            out.append(Term(">=" if self.low_in else ">", sym(x), self.low))
        if self.high is not None:
            out.append(Term("<=" if self.high_in else "<", sym(x), self.high))
        return out


@dataclass(frozen=True)
class Subject:
    """R as a term in x over the interval; conditions: what is given of the parameters alone.

    stated: whether the bounds of x were given; otherwise the interval is the line, or was looked for. name: the one by
    which R was asked for, if it has one.
    """

    request: Request
    R: Term
    x: str
    parameters: tuple[tuple[str, str], ...]
    conditions: tuple[Term, ...]
    interval: Interval
    stated: bool
    name: str = ""

    @property
    def title(self) -> str:
        return f"{self.name}: {self.R!r}" if self.name else repr(self.R)

    @property
    def parameter_domain(self) -> Domain:
        return Domain(self.parameters, self.conditions)  # type: ignore[arg-type]

    @property
    def line(self) -> Domain:
        """x anywhere."""
        return Domain(((self.x, "real"), *self.parameters), self.conditions)  # type: ignore[arg-type]

    @property
    def domain(self) -> Domain:
        """x in the interval."""
        return self.line.assuming(*self.interval.bounds(self.x))

    @property
    def inside(self) -> Domain:
        """x in the interior of the interval."""
        inner = replace(self.interval, low_in=False, high_in=False)
        return self.line.assuming(*inner.bounds(self.x))

    def on(self, interval: Interval) -> Subject:
        return replace(self, interval=interval)


def read(request: Request) -> Subject:
    """Raises ``LanguageError`` for what cannot be read."""
    x = request.variable
    fault = name_fault(x)
    if fault:
        raise LanguageError(fault, 1, "in")
    given = parse_given(request.given)
    meant = named(request.expression, x, given.names)
    text, defaults = (request.expression, ()) if meant is None else meant
    given = parse_given([*request.given, *(item for item in defaults if item.split()[0] not in given.names)])
    if (x, "integer") in given.variables:
        raise LanguageError(f"{quote(x)} is real, not integer", None, "given")
    parameters = tuple((n, s) for n, s in given.variables if n != x)
    if len(parameters) > MAX_PARAMETERS:
        raise LanguageError(f"more than {MAX_PARAMETERS} parameters; put numbers in", None, "given")
    R = parse_term(text, [x, *(n for n, _ in parameters)], where="expression")
    _usable(R, x)
    flat = [part for h in given.hypotheses for part in (h.args if h.op == "and" else (h,))]
    interval = Interval()
    for h in flat:
        if x in h.free:
            interval = _bounded(interval, h, x)
    conditions = tuple(h for h in flat if x not in h.free)
    name = "" if meant is None else " ".join(request.expression.split())
    return Subject(request, R, x, parameters, conditions, interval, not interval.whole, name)


def _usable(R: Term, x: str) -> None:
    if x not in R.free:
        raise LanguageError(f"does not depend on {quote(x)}; name its variable with --in", 1, "expression")
    if tree_measure(R)[0] > MAX_NODES:
        raise LanguageError(f"the expression has more than {MAX_NODES} parts; split it", 1, "expression")
    for t in walk(R):
        if t.op in BINDERS or t == INFINITY:
            name = t.op if t.op in BINDERS else "oo"
            raise LanguageError(f"{quote(name)} is not worked with here; write a closed form", 1, "expression")


def _bounded(interval: Interval, h: Term, x: str) -> Interval:
    op, args = h.op, h.args
    if op in _TURNED and args[1] == sym(x):
        op, args = _TURNED[op], (args[1], args[0])
    if op not in _TURNED or args[0] != sym(x) or x in args[1].free:
        raise LanguageError(
            f"the domain of {quote(x)} is an interval, written as bounds such as '{x} > 0'; not read: {quote(repr(h))}",
            None, "given",
        )  # fmt: skip
    bound, closed = args[1], op in ("<=", ">=")
    above = op in ("<", "<=")
    if (interval.high if above else interval.low) is not None:
        raise LanguageError(f"two bounds of {quote(x)} on one side; keep one", None, "given")
    if above:
        return replace(interval, high=bound, high_in=closed)
    return replace(interval, low=bound, low_in=closed)
