"""Terms as straight-line programs over shared subterms, run on exact values and balls.

Equal subterms are computed once, which also keeps ``x - x`` at 0 and ``x*x`` at a square on wide balls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import contextmanager
from fractions import Fraction
from functools import lru_cache
from typing import Any

import flint
from flint import arb, fmpq

from verify.language import values
from verify.language.calculus import NotDifferentiable, bodies, expand, literal, smoothness
from verify.language.terms import Term
from verify.language.values import MaybeOutside, OutsideDomain, Undefined, Unknown, Value

Environment = Mapping[str, Value]
MOST_TERMS = 10_000
WORK = 40_000_000  # nodes times bits of precision in one evaluation

_UNARY, _BINARY, _SAME, _CALL = 0, 1, 2, 3


def as_value(value: Value | Fraction | int) -> Value:
    if isinstance(value, arb | fmpq):
        return value
    if isinstance(value, int | Fraction):
        return values.exact_value(value)
    raise TypeError(f"{value!r} is not an exact number or a ball")


class _Fuel:
    """Work left in the evaluation that is under way."""

    left = 0
    active = False


_fuel = _Fuel()


@contextmanager
def bounded_work(work: int = WORK) -> Any:
    if _fuel.active:
        yield
        return
    _fuel.active, _fuel.left = True, work
    try:
        yield
    finally:
        _fuel.active = False


def nonnegative(term: Term, names: frozenset[str] = frozenset()) -> bool:
    """Whether the term is >= 0 wherever it is defined, by its form; ``names`` are known to be >= 0."""
    op, a = term.op, term.args
    if op == "num":
        return bool(a[0] >= 0)
    if op == "sym":
        return a[0] in names
    if op == "const":
        return True
    if op in ("abs", "sqrt", "exp", "cosh", "acosh", "acos"):
        return True
    if op == "**":
        if nonnegative(a[0], names):
            return True
        exponent = literal(a[1])
        return exponent is not None and (exponent.denominator > 1 or exponent % 2 == 0)
    if op == "*" and a[0] == a[1]:
        return True
    if op in ("+", "*", "/", "Min"):
        return all(nonnegative(t, names) for t in a)
    if op == "Max":
        return any(nonnegative(t, names) for t in a)
    if op in ("Sum", "Product", "expect"):
        return nonnegative(a[0], names - {a[1].args[0]})
    if op in ("spow", "asinh", "sinh", "atan", "tanh", "erf", "sign", "asin", "atanh"):
        return nonnegative(a[0], names)
    return False


class Program:
    """Some terms, compiled together; ``run(env)`` gives their values in order."""

    def __init__(self, terms: tuple[Term, ...], nonnegative_names: frozenset[str] = frozenset()) -> None:
        self._names = nonnegative_names
        self._slots: dict[Term, int] = {}
        self._template: list[Value | None] = []
        self._inputs: list[tuple[str, int]] = []
        self._steps: list[tuple[int, int, Callable, int, int]] = []
        self._outputs = [self._place(t) for t in terms]

    def _new(self, term: Term, constant: Value | None = None) -> int:
        slot = len(self._template)
        self._template.append(constant)
        self._slots[term] = slot
        return slot

    def _place(self, term: Term) -> int:
        found = self._slots.get(term)
        if found is not None:
            return found
        op, a = term.op, term.args
        if op == "num":
            return self._new(term, values.exact_value(a[0]))
        if op == "sym":
            slot = self._new(term)
            self._inputs.append((a[0], slot))
            return slot
        if op in values.BINARY and len(a) == 2:
            return self._binary(term, a[0], a[1])
        if op in ("Min", "Max"):
            return self._binary(term, Term(op, *a[:-1]), a[-1])
        if op in values.UNARY:
            i = self._place(a[0])
            function = values.UNARY[op]
            if op == "sqrt" and nonnegative(a[0], self._names):
                function = values.square_root_of_nonnegative
            slot = self._new(term)
            self._steps.append((_UNARY, slot, function, i, 0))
            return slot
        slot = self._new(term)
        self._steps.append((_CALL, slot, self._special(term), 0, 0))
        return slot

    def _binary(self, term: Term, left: Term, right: Term) -> int:
        i, j = self._place(left), self._place(right)
        op = term.op
        function: Callable = values.BINARY[op]
        kind = _BINARY
        if i == j and op in ("-", "/", "*"):
            kind, function = _SAME, {"-": _cancelled, "/": _quotient_of_itself, "*": _square}[op]
        elif op == "**" and nonnegative(left, self._names):
            function = values.power_of_nonnegative
        slot = self._new(term)
        self._steps.append((kind, slot, function, i, j))
        return slot

    def _special(self, term: Term) -> Callable[[Environment], Value]:
        op = term.op
        if op == "const":
            constant = {"pi": arb.pi, "E": arb.const_e}.get(term.args[0])
            return (lambda env: constant()) if constant else _raising("oo is not a number")
        if op == "diff":
            return _derivative_at(term)
        if op in ("Sum", "Product"):
            return _repeated(term, self._names)
        if op in ("integrate", "expect"):
            return _integral(term)
        return _raising(f"{op} has no value that can be enclosed at a point")

    def run(self, env: Environment) -> list[Value]:
        """Values at the precision in force. Raises Undefined or Unknown."""
        _fuel.left -= (len(self._steps) + 1) * flint.ctx.prec
        if _fuel.left < 0:
            raise Unknown("the evaluation takes too much work")
        registers: list = self._template.copy()
        try:
            for name, slot in self._inputs:
                registers[slot] = env[name]
            for kind, slot, function, i, j in self._steps:
                if kind == _BINARY:
                    registers[slot] = function(registers[i], registers[j])
                elif kind == _CALL:
                    registers[slot] = function(env)
                else:
                    registers[slot] = function(registers[i])
        except OutsideDomain as error:
            raise Undefined(str(error)) from None
        except MaybeOutside as error:
            raise Unknown(str(error)) from None
        except KeyError as error:
            raise Unknown(f"no value for {error.args[0]}") from None
        except (OverflowError, MemoryError) as error:
            raise Unknown(f"a number is too large: {error}") from None
        return [registers[k] for k in self._outputs]


@lru_cache(maxsize=8192)
def program(*terms: Term) -> Program:
    """The terms compiled together, once. Raises Unknown where they are nested too deeply."""
    try:
        return Program(terms)
    except RecursionError:
        raise Unknown("the term is nested too deeply") from None


def _cancelled(a: Value) -> Value:
    return fmpq(0) if isinstance(a, fmpq) or a.is_finite() else a - a


def _quotient_of_itself(a: Value) -> Value:
    values.divide(fmpq(1), a)
    return fmpq(1)


def _square(a: Value) -> Value:
    return values.power_integer(a, 2)


def _raising(why: str) -> Callable[[Environment], Value]:
    def refuse(env: Environment) -> Value:
        raise Unknown(why)

    return refuse


def _derivative_at(term: Term) -> Callable[[Environment], Value]:
    """The derivative at a point where the function is defined and no kink lies."""
    try:
        function = Program((term.args[0],))
        guards = (*bodies(term), *smoothness(term))
        after = len(bodies(term))
        guarded, result = Program(guards), Program((expand(term),))
    except NotDifferentiable as error:
        return _raising(str(error))

    def value(env: Environment) -> Value:
        function.run(env)
        try:
            for kink in guarded.run(env)[after:]:
                if kink == 0 if isinstance(kink, fmpq) else kink.contains(0):
                    raise Unknown("a derivative at a kink")
            return result.run(env)[0]
        except Undefined as error:
            raise Unknown(f"the rule for the derivative does not apply: {error}") from None

    return value


def _repeated(term: Term, names: frozenset[str]) -> Callable[[Environment], Value]:
    body, index, low, high = term.args
    name = index.args[0]
    limits = Program((low, high))
    inner = Program((body,), names - {name})
    combine, start = (values.add, fmpq(0)) if term.op == "Sum" else (values.multiply, fmpq(1))

    def value(env: Environment) -> Value:
        ends = limits.run(env)
        whole = [int(e.p) for e in ends if isinstance(e, fmpq) and e.q == 1]
        if len(whole) < 2:
            raise Unknown(f"the limits of a {term.op} are not known integers")
        first, last = whole
        if last < first - 1 or last - first >= MOST_TERMS:
            raise Unknown(f"a {term.op} from {first} to {last}")
        total: Value = start
        scope = dict(env)
        for k in range(first, last + 1):
            scope[name] = fmpq(k)
            total = combine(total, inner.run(scope)[0])
            if isinstance(total, fmpq) and values.bits(total) > values.EXACT_BITS:
                total = arb(total)
        return total

    return value


def _integral(term: Term) -> Callable[[Environment], Value]:
    def value(env: Environment) -> Value:
        from verify.language.integrals import enclose_integral

        return enclose_integral(term, env)

    return value


