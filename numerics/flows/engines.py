"""One way into every engine: the solution of y' = f(y) for right-hand sides given as SymPy expressions.

| engine | arithmetic | switches | error of the path |
|---|---|---|---|
| ``embedded`` | doubles | none | two tolerances |
| ``filippov`` | doubles | crossed and slid along | two tolerances |
| ``taylor`` | as many digits as asked for | crossed | two precisions |
| ``collocation`` | as many digits as asked for | none | two step sizes |
| ``enclosed`` | balls | crossed and slid along, one at a time | a proven bound |

All give the same ``Path``; where two engines apply, their states differ by no more than their errors.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from numerics.flows.embedded import NoProgress
from numerics.flows.reference import Path

if TYPE_CHECKING:
    import sympy

DOUBLES = 15  # digits that doubles can give
Flow = Mapping["sympy.Symbol", "sympy.Expr"]


def trajectory(
    flow: Flow, start: Sequence[Any], times: Sequence[Any], *, parameters: Mapping[sympy.Symbol, Any] | None = None,
    engine: str | None = None, digits: int = DOUBLES,
) -> Path:  # fmt: skip
    """The states at increasing times >= 0 from ``start`` at time 0, in the order of the flow's symbols.

    start, times: exact numbers (integers, fractions, text such as "0.1"; a float is the binary number that it is).
    engine: None takes doubles up to 15 digits and ``taylor`` beyond. Raises NoProgress, Undetermined or NotEnclosed
    where the engine cannot follow the flow, ValueError for what it does not read.
    """
    if len(start) != len(flow):
        raise ValueError(f"{len(start)} starting values for {len(flow)} variables")
    begin, at = [exact(v) for v in start], [exact(t) for t in times]
    if any(b < a for a, b in zip([Fraction(0), *at], at, strict=False)):
        raise ValueError("the times must not be negative, and must increase")
    kinks = _kinks(flow)
    name = engine or (("filippov" if kinks else "embedded") if digits <= DOUBLES else "taylor")
    if name not in ENGINES:
        raise ValueError(f"there is no engine {name}: the engines are {', '.join(ENGINES)}")
    return ENGINES[name](flow, parameters or {}, begin, at, digits)


def exact(value: Any) -> Fraction:
    """The number as a fraction; decimal text is exact."""
    if isinstance(value, (int, str, Fraction)):
        return Fraction(value)
    if hasattr(value, "p") and hasattr(value, "q"):
        return Fraction(int(value.p), int(value.q))
    if hasattr(value, "man_exp"):
        mantissa, exponent = value.man_exp
        return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    return Fraction(float(value))


def _kinks(flow: Flow) -> bool:
    import sympy

    return any(sympy.sympify(e).has(sympy.sign, sympy.Abs, sympy.Min, sympy.Max) for e in flow.values())


def _floats(values: Sequence[Fraction]) -> list[float]:
    return [float(v) for v in values]


def _tolerance(digits: int) -> float:
    return 10.0 ** -min(digits, 11)


def _embedded(flow: Flow, parameters: Mapping, start: list, times: list, digits: int) -> Path:
    from numerics.flows.fields import SwitchedField
    from numerics.flows.reference import solve

    field = SwitchedField.from_sympy(flow, parameters)
    if field.count:
        raise ValueError("the right-hand side has switches: take the engine filippov")
    none = np.zeros(0)
    return solve(lambda y: field.velocity(y, none), _floats(start), _floats(times), rtol=_tolerance(digits))


def _filippov(flow: Flow, parameters: Mapping, start: list, times: list, digits: int) -> Path:
    from numerics.flows.fields import SwitchedField
    from numerics.flows.following import follow

    field, runs = SwitchedField.from_sympy(flow, parameters), []
    for rtol in (_tolerance(digits), max(_tolerance(digits) / 100, 1e-13)):
        y, now, states = np.array(_floats(start)), 0.0, []
        for end in _floats(times):
            if end > now:
                y, now = follow(field, y, end - now, rtol=rtol).end, end
            states.append(y)
        runs.append(np.array(states))
    coarse, fine = runs
    rounding = 1e-12 * (1 + np.abs(fine))  # of the events, which are located to this
    return Path(np.array(_floats(times)), fine, np.abs(fine - coarse) + rounding, "Filippov, two tolerances")


def _taylor(flow: Flow, parameters: Mapping, start: list, times: list, digits: int) -> Path:
    from numerics.flows.compiled import missing, solve_compiled
    from numerics.flows.expressions import tape_of

    lacking = missing()
    if lacking:
        warnings.warn(f"{lacking}: collocation in mpmath takes its place, and is slower", stacklevel=3)
        return _collocation(flow, parameters, start, times, digits)
    states, errors = solve_compiled(tape_of(flow, parameters), start, times, digits=digits)
    return Path(np.array(times), _objects(states), _objects(errors), f"Taylor series, {digits} digits")


def _collocation(flow: Flow, parameters: Mapping, start: list, times: list, digits: int) -> Path:
    from mpmath import mp, mpf

    from numerics.flows.compiled import Multiprecision
    from numerics.flows.expressions import tape_of
    from numerics.flows.precise import solve_precise

    tape = tape_of(flow, parameters)
    if tape.switches:
        raise ValueError("the right-hand side has switches: take the engine taylor (heyoka) or filippov")
    with mp.workdps(digits + 15):
        ends = [mpf(t.numerator) / t.denominator for t in times]
        begin = [mpf(v.numerator) / v.denominator for v in start]
        states, gap = solve_precise(
            lambda y: tape.run(Multiprecision(), y), begin, ends, digits=digits, stages=max(8, digits // 2)
        )
        size = max((abs(v) for row in states for v in row), default=mpf(0))
        if not gap <= (1 + size) * mpf(10) ** -(digits // 3):
            raise NoProgress("the runs of two step sizes do not agree: the solution may not last")
        rounding = mpf(10) ** -digits
        errors = [[gap + rounding * (1 + abs(v)) for v in row] for row in states]
    return Path(np.array(times), _objects(states), _objects(errors), f"Gauss collocation, {digits} digits")


def _enclosed(flow: Flow, parameters: Mapping, start: list, times: list, digits: int) -> Path:
    from mpmath import mp, mpf

    from numerics.flows.enclosed import enclose

    tube = enclose(flow, start, max(times, default=Fraction(0)), digits=digits, parameters=parameters)
    boxes = [tube.at(t) for t in times]
    with mp.workprec(tube.bits):
        states = [[_binary(v.mid(), mpf) for v in box] for box in boxes]
        errors = [[_binary(v.rad(), mpf) for v in box] for box in boxes]
    return Path(np.array(times), _objects(states), _objects(errors), f"enclosed, {digits} digits")


def _binary(value: Any, mpf: Any) -> Any:
    """The number that an exact ball is."""
    mantissa, exponent = value.man_exp()
    return mpf((int(mantissa), int(exponent)))


def _objects(rows: list) -> np.ndarray:
    out = np.empty((len(rows), len(rows[0]) if rows else 0), dtype=object)
    for i, row in enumerate(rows):
        out[i] = row
    return out


ENGINES: dict[str, Callable[..., Path]] = {
    "embedded": _embedded, "filippov": _filippov, "taylor": _taylor, "collocation": _collocation,
    "enclosed": _enclosed,
}  # fmt: skip
