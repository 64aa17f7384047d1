"""Tapes of SymPy expressions: the right-hand sides of the theory, their constants exact.

Only sums, products, powers, the elementary functions, erf, sign, Abs, Min and Max are read; an expression of another
kind, a floating-point constant or a name without a value is refused by name.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from numerics.flows.tape import UNARY, Builder, Tape

if TYPE_CHECKING:
    import sympy

HALF = Fraction(1, 2)


def tape_of(
    flow: Mapping[sympy.Symbol, sympy.Expr], parameters: Mapping[sympy.Symbol, Any] | None = None
) -> Tape:
    """The tape of y' = f(y), y in the order of the mapping; parameters: exact values, expressions too, put in first.

    Raises ValueError for what a tape cannot hold.
    """
    build = Builder(len(flow))
    names: dict[Any, int] = {x: build.variable(k) for k, x in enumerate(flow)}
    for name, value in (parameters or {}).items():
        names[name] = _constant(build, value)
    return build.tape([_node(build, e, names) for e in flow.values()])


def _constant(build: Builder, value: Any) -> int:
    import sympy

    if isinstance(value, (int, Fraction)):
        return build.number(Fraction(value))
    if isinstance(value, sympy.Expr) and not value.free_symbols:
        return _node(build, value, {})
    raise ValueError(f"the value {value} is not exact: give an integer, a fraction or a constant expression")


def _node(build: Builder, e: Any, names: dict[Any, int]) -> int:
    import sympy

    if e in names:
        return names[e]
    found = _made(build, sympy.sympify(e), names)
    names[e] = found
    return found


def _made(build: Builder, e: Any, names: dict[Any, int]) -> int:
    import sympy

    if isinstance(e, sympy.Rational):
        return build.number(Fraction(int(e.p), int(e.q)))
    if e is sympy.pi:
        return build.node("pi")
    if e is sympy.E:
        return build.node("exp", build.number(1))
    if isinstance(e, sympy.Float):
        raise ValueError(f"the constant {e} is not exact: write it as a fraction")
    if isinstance(e, sympy.Symbol):
        raise ValueError(f"no value is given for {e}")
    if isinstance(e, (sympy.Add, sympy.Mul)):
        parts = [_node(build, a, names) for a in e.args]
        out = parts[0]
        for part in parts[1:]:
            out = build.add(out, part) if isinstance(e, sympy.Add) else build.multiply(out, part)
        return out
    if isinstance(e, sympy.Pow):
        base = _node(build, e.base, names)
        if isinstance(e.exp, sympy.Rational):
            return build.power(base, Fraction(int(e.exp.p), int(e.exp.q)))
        exponent = _node(build, e.exp, names)
        known = build.known(exponent)
        if known is not None:  # a parameter
            return build.power(base, known)
        return build.node("exp", build.multiply(exponent, build.node("log", base)))
    if isinstance(e, (sympy.Min, sympy.Max)):
        parts = [_node(build, a, names) for a in e.args]
        out = parts[0]
        for part in parts[1:]:
            gap = build.size_of(build.subtract(out, part))
            both = build.add(out, part)
            out = build.add(both, gap) if isinstance(e, sympy.Max) else build.subtract(both, gap)
            out = build.multiply(build.number(HALF), out)
        return out
    name = type(e).__name__.lower()
    if name in UNARY and len(e.args) == 1 and e.func in _functions():
        return build.node(name, _node(build, e.args[0], names))
    raise ValueError(f"{type(e).__name__} is not integrated")


def _functions() -> frozenset[Any]:
    import sympy

    return frozenset(getattr(sympy, "Abs" if name == "abs" else name) for name in UNARY)
