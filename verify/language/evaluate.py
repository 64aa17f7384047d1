"""Values of terms and truth of formulas at points and on boxes, with certainty or not at all.

A point gives every name an exact rational; a box gives some of them wide balls. Every answer holds for every real
point of the box: ``enclose`` contains all values, ``truth`` says True or False only where that is so throughout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache

from flint import arb, fmpq

from numerics.balls import less, less_equal, precision
from verify.language import values
from verify.language.programs import Program, as_value, bounded_work, program
from verify.language.terms import RELATIONS, Term, binding, walk
from verify.language.values import Undefined, Unknown, Value

FIRST_PRECISION = 128
LAST_PRECISION = 4096
Point = Mapping[str, arb | fmpq | Fraction | int]

__all__ = ["Undefined", "Unknown", "compile_enclosure", "enclose", "exact", "to_float", "truth"]


def _environment(env: Point) -> dict[str, Value]:
    return {name: as_value(value) for name, value in env.items()}


def enclose(term: Term, env: Point, prec: int = FIRST_PRECISION) -> arb:
    """A ball that contains the value of the term at every point of ``env``.

    Raises Undefined where the term certainly has no value at any of them, Unknown where that is not settled at this
    precision, or where the value is of a kind that is not evaluated (limits, infinite sums, formulas).
    """
    with precision(prec), bounded_work():
        result = values.ball(program(term).run(_environment(env))[0])
    if not result.is_finite():
        raise Unknown("no finite enclosure")
    return result


def exact(term: Term, env: Mapping[str, Fraction | int]) -> Fraction | None:
    """The value of the term as a rational number, where exact arithmetic reaches it; else None.

    Raises Undefined where the term certainly has no value.
    """
    try:
        with precision(FIRST_PRECISION), bounded_work():
            result = program(term).run(_environment(env))[0]
    except Unknown:
        return None
    return values.fraction(result) if isinstance(result, fmpq) else None


def compile_enclosure(
    term: Term, nonnegative: frozenset[str] = frozenset()
) -> Callable[[Mapping[str, Value | Fraction | int]], arb]:
    """The term as a function from boxes to balls, for many evaluations, at the precision in force.

    nonnegative: names that are >= 0 on the domain, so that the part of their balls below 0 does not count below roots
    and powers. Raises as ``enclose``; the result may be infinite.
    """
    compiled = _compiled(term, nonnegative)

    def enclosure(env: Mapping[str, Value | Fraction | int]) -> arb:
        with bounded_work():
            result = compiled.run({name: as_value(v) for name, v in env.items()})[0]
        return arb(result) if isinstance(result, fmpq) else result

    return enclosure


@lru_cache(maxsize=4096)
def _compiled(term: Term, nonnegative: frozenset[str]) -> Program:
    return Program((term,), nonnegative)


def truth(formula: Term, env: Point, prec: int = FIRST_PRECISION, *, rising: bool = True) -> bool | None:
    """Whether the formula holds at the point (throughout the box); None where that is not decided.

    Connectives follow Kleene's three-valued logic: a part that decides the whole does so whatever the others are.
    Raises Undefined where a term is certainly undefined and nothing else decides. Equality is True only for exact
    values or one and the same term. rising: double the precision, up to 4096 bits, until a comparison is decided.
    Quantifiers, limits and predicates on functions are not evaluated: None.
    """
    return _truth(formula, _environment(env), prec, rising)


def _truth(formula: Term, env: dict[str, Value], prec: int, rising: bool) -> bool | None:
    op, a = formula.op, formula.args
    if op in RELATIONS:
        return _relation(op, a[0], a[1], env, prec, rising)
    if op in ("true", "false"):
        return op == "true"
    if op == "not":
        inner = _truth(a[0], env, prec, rising)
        return None if inner is None else not inner
    if op in ("and", "or"):
        return _decide([(part, True) for part in a], op == "or", env, prec, rising)
    if op == "implies":
        return _decide([(a[0], False), (a[1], True)], True, env, prec, rising)
    return None


def _decide(parts: list[tuple[Term, bool]], dominant: bool, env: dict, prec: int, rising: bool) -> bool | None:
    """``or`` (dominant True) or ``and`` (False) of formulas, each as it is (True) or negated (False)."""
    undefined: Undefined | None = None
    unknown = False
    for part, positive in parts:
        try:
            value = _truth(part, env, prec, rising)
        except Undefined as error:
            undefined = error
            continue
        if value is None:
            unknown = True
        elif (value if positive else not value) is dominant:
            return dominant
    if unknown:
        return None
    if undefined is not None:
        raise undefined
    return not dominant


def _infinity(term: Term) -> int:
    """1 for the literal oo, -1 for -oo, else 0."""
    if term.op == "neg":
        return -_infinity(term.args[0])
    return 1 if term.op == "const" and term.args[0] == "oo" else 0


def _relation(op: str, left: Term, right: Term, env: dict[str, Value], prec: int, rising: bool) -> bool | None:
    infinite = _infinity(left), _infinity(right)
    if any(infinite):
        finite = left if infinite[1] else right
        if not all(infinite) and _outcome(op, finite, finite, env, prec, rising) is None:
            return None
        return _compare_exact(op, *infinite)
    return _outcome(op, left, right, env, prec, rising)


def _outcome(op: str, left: Term, right: Term, env: dict[str, Value], prec: int, rising: bool) -> bool | None:
    try:
        compiled = program(left, right)
    except Unknown:
        return None
    rising = rising and all(isinstance(v, fmpq) or v.is_exact() for v in env.values())
    while True:
        try:
            with precision(prec), bounded_work():
                a, b = compiled.run(env)
                answer = _compare(op, a, b, left == right)
        except Unknown:
            answer = None
        if answer is not None:
            return answer
        if not rising or prec >= LAST_PRECISION:
            _seek_undefined(left, right, env, prec)
            return None
        prec *= 2


def _withheld(t: Term) -> bool:
    """Whether a value of the term needs more than arithmetic at the point."""
    return t.op == "diff" or binding(t)[0] is not None


def _seek_undefined(left: Term, right: Term, env: dict[str, Value], prec: int) -> None:
    """Raises Undefined where a subterm certainly has no value, though others, such as integrals, are not known."""
    stack = [left, right]
    if not any(_withheld(t) for side in stack for t in walk(side)):
        return
    while stack:
        t = stack.pop()
        if _withheld(t):
            continue
        if any(_withheld(s) for s in walk(t)):
            stack.extend(t.children)
            continue
        try:
            with precision(prec), bounded_work():
                program(t).run(env)
        except Unknown:
            continue


def _compare(op: str, a: Value, b: Value, same: bool) -> bool | None:
    if isinstance(a, fmpq) and isinstance(b, fmpq):
        return _compare_exact(op, a, b)
    a, b = values.ball(a), values.ball(b)
    if not (a.is_finite() and b.is_finite()):
        return None
    if same:
        return op in ("==", "<=", ">=")
    if op in ("==", "!="):
        return None if a.overlaps(b) else op == "!="
    if op in (">", ">="):
        a, b = b, a
    return less(a, b) if op in ("<", ">") else less_equal(a, b)


def _compare_exact(op: str, a: fmpq | int, b: fmpq | int) -> bool:
    if op in ("==", "!="):
        return (a == b) is (op == "==")
    if op in ("<", "<="):
        return a < b if op == "<" else a <= b
    return a > b if op == ">" else a >= b


def to_float(term: Term) -> Callable[[Mapping[str, float]], float]:
    """The term in double precision, for searches that prove nothing: nan where it is undefined."""
    from verify.language.floats import compile_float

    return compile_float(term)
