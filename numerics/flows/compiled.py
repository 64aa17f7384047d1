"""Flows with many digits by compiled Taylor series: y(t + h) = sum_k y_k h^k, of an order that rises with the digits.

Constants enter with more digits than are asked for, and states of an unusual size are scaled by a power of two, since
the steps keep absolute errors of states below 1. A switch is a terminal event: there the solution goes on in the
branch behind it where both branches pass through the surface the same way. The budget is the distance to a run with
more digits, hence of another order and other steps; it is an estimate, not a bound.

heyoka compiles and steps them.

Source: F. Biscani, D. Izzo, Revisiting high-order Taylor methods for astrodynamics and celestial mechanics (2021).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from mpmath import mp, mpf

from numerics.flows.embedded import NoProgress
from numerics.flows.filippov import Undetermined
from numerics.flows.gradients import gradients
from numerics.flows.tape import Tape

GUARD, FINER = 4, 3  # digits beyond those asked for, and beyond those of the first run
MOST_STEPS = 5_000
MOST_EVENTS = 200
USUAL = 10  # sizes between 2^-10 and 2^10 are not scaled
PASSING = mpf(10) ** -6  # normal velocities below this share of the other branch's count as tangent


def missing() -> str:
    """What to install where heyoka is missing, else nothing."""
    try:
        import heyoka  # noqa: F401
    except ImportError:
        return "heyoka is not installed (pip install 'mirrorproof[precise]')"
    return ""


class Compiler:
    """Tapes as expressions of heyoka, constants rounded once to the precision of the run."""

    def __init__(self, bits: int) -> None:
        import heyoka

        self.hy, self.bits = heyoka, bits

    def real(self, value: Any) -> Any:
        with mp.workprec(self.bits + 20):
            exact = mpf(value.numerator) / value.denominator if isinstance(value, (Fraction, int)) else mpf(value)
            return self.hy.real(mp.nstr(exact, mp.dps + 5), self.bits)

    def number(self, value: Fraction) -> Any:
        return self.hy.expression(self.real(value))

    def pi(self) -> Any:
        return self.hy.pi

    def divide(self, a: Any, b: Any) -> Any:
        return a / b

    def power(self, a: Any, exponent: Fraction) -> Any:
        if exponent == Fraction(1, 2):
            return self.hy.sqrt(a)
        if exponent.denominator == 1 and exponent > 0:
            return _product(a, exponent.numerator)
        return a ** self.number(exponent)

    def unary(self, name: str, a: Any) -> Any:
        if name in ("abs", "sign"):
            raise Undetermined("a switch whose sign is not settled")
        return getattr(self.hy, name)(a)


def _product(a: Any, n: int) -> Any:
    """a**n by repeated squaring."""
    if n == 1:
        return a
    half = _product(a, n // 2)
    return half * half * a if n % 2 else half * half


class Multiprecision:
    """Tapes in numbers of mpmath, at the precision in force."""

    def number(self, value: Fraction) -> Any:
        return mpf(value.numerator) / value.denominator

    def pi(self) -> Any:
        return +mp.pi

    def divide(self, a: Any, b: Any) -> Any:
        return a / b

    def power(self, a: Any, exponent: Fraction) -> Any:
        if exponent.denominator == 1:
            return a**exponent.numerator
        if a < 0:
            raise NoProgress("a power of a negative number that is not an integer one")
        return a ** self.number(exponent)

    def unary(self, name: str, a: Any) -> Any:
        return abs(a) if name == "abs" else getattr(mp, name)(a)


@lru_cache(maxsize=16)
def _integrator(tape: Tape, switches: Tape, signs: tuple[int, ...], bits: int, scale: int) -> Any:
    """The compiled field of a branch for states over 2^scale, with an event where a switch loses its sign.

    Its state and time are set by the user.
    """
    import heyoka as hy
    import numpy as np

    compiler = Compiler(bits)
    names = [f"y{k}" for k in range(tape.size)]
    y = list(hy.make_vars(*names)) if tape.size > 1 else [hy.make_vars(*names)]
    unit, back = compiler.number(Fraction(2) ** scale), compiler.number(Fraction(2) ** -scale)
    state = [unit * v for v in y] if scale else y
    speeds = [back * v if scale else v for v in tape.run(compiler, state)]
    system = list(zip(y, speeds, strict=True))
    start = np.array([compiler.real(1)] * tape.size)
    falling, rising = hy.event_direction.negative, hy.event_direction.positive
    events = [
        hy.t_event(u, fp_type=hy.real, direction=falling if s > 0 else rising)
        for u, s in zip(switches.run(compiler, state), signs, strict=True)
    ]
    # The work is in calls of the multiprecision library: a compiler that tries harder gains nothing.
    return hy.taylor_adaptive(system, start, fp_type=hy.real, prec=bits, t_events=events, opt_level=1)


def solve_compiled(
    tape: Tape, start: Sequence[Any], times: Sequence[Any], *, digits: int = 50
) -> tuple[list[list[Any]], list[list[Any]]]:
    """(states, errors) at increasing times >= 0 from an exact start at time 0, as mpmath numbers.

    Raises NoProgress where the flow cannot be followed, Undetermined where it slides along a switch or begins on one.
    """
    first = [int((digits + GUARD + extra) * 3.33) for extra in (0, FINER)]
    coarse, fine = (_run(tape, start, times, bits) for bits in first)
    with mp.workdps(digits + GUARD + FINER):
        rounding = mpf(10) ** -(digits + GUARD // 2)
        size = max((abs(mpf(v.numerator) / v.denominator) for v in start), default=mpf(0))
        errors = []
        for u, v in zip(fine, coarse, strict=True):
            size = max(size, *(abs(a) for a in u))  # what was added up on the way
            errors.append([abs(a - b) + rounding * size for a, b in zip(u, v, strict=True)])
    return fine, errors


def scale_of(start: Sequence[Any]) -> int:
    """The power of two near the largest starting value; 0 for values of a usual size."""
    size = max((abs(v) for v in start), default=0)
    exponent = mp.mag(mpf(size.numerator) / size.denominator) if size else 0
    return int(exponent) if abs(exponent) > USUAL else 0


def _run(tape: Tape, start: Sequence[Any], times: Sequence[Any], bits: int) -> list[list[Any]]:
    import heyoka as hy

    compiler, nodes, scale = Compiler(bits), tape.switches, scale_of(start)
    with mp.workprec(bits):
        y = [compiler.real(v) for v in start]
        signs = _signs(tape, nodes, [_mpf(v) for v in y])
        now, out, passed = compiler.real(0), [], 0
        for end in (compiler.real(t) for t in times):
            while now < end:
                branch = tape.branch(dict(zip(nodes, signs, strict=True)))
                levels = Tape(tape.size, tape.nodes, nodes).branch(dict(zip(nodes, signs, strict=True)))
                ta = _integrator(branch, levels, tuple(signs), bits, scale)
                if signs:
                    ta.reset_cooldowns()
                ta.state[:], ta.time = [v * compiler.real(Fraction(2) ** -scale) for v in y], now
                outcome = ta.propagate_until(end, max_steps=MOST_STEPS)[0]
                y, now = [v * compiler.real(Fraction(2) ** scale) for v in ta.state], ta.time
                if outcome == hy.taylor_outcome.time_limit:
                    break
                number = -int(outcome) - 1  # a terminal event stops the run with the outcome -(number + 1)
                if not 0 <= number < len(signs):
                    raise NoProgress(f"the flow is not followed beyond time {float(_mpf(now)):.6g}")
                passed += 1
                if passed > MOST_EVENTS:
                    raise Undetermined(f"more than {MOST_EVENTS} events")
                signs = _behind(tape, nodes, signs, number, [_mpf(v) for v in y], float(_mpf(now)))
            out.append([_mpf(v) for v in y])
        return out


def _mpf(value: Any) -> Any:
    return mpf(str(value))


def _signs(tape: Tape, nodes: tuple[int, ...], y: list[Any]) -> list[int]:
    """The signs of the switches at the start; of one that is zero there, those behind its surface."""
    levels = Tape(tape.size, tape.nodes, nodes).run(Multiprecision(), y)
    signs = [int(mp.sign(u)) for u in levels]
    for k in [k for k, s in enumerate(signs) if s == 0]:
        if signs.count(0) > 1:
            raise Undetermined("the start lies on several switches")
        up = _normal_rates(tape, nodes, [1 if j == k else s for j, s in enumerate(signs)], k, y)
        if not min(up) * max(up) > 0:
            raise Undetermined("the start lies on a switch that is not passed through")
        signs[k] = 1 if up[0] > 0 else -1
    return signs


def _behind(
    tape: Tape, nodes: tuple[int, ...], signs: list[int], k: int, y: list[Any], time: float
) -> list[int]:
    """The signs behind the surface of switch k; Undetermined unless both branches pass through it the same way."""
    turned = -signs[k]
    rates = _normal_rates(tape, nodes, signs, k, y)
    if not all(r * turned > max(abs(v) for v in rates) * PASSING for r in rates):
        raise Undetermined(f"the solution slides along a switch, or touches it, at time {time:.6g}")
    return [turned if j == k else s for j, s in enumerate(signs)]


def _normal_rates(tape: Tape, nodes: tuple[int, ...], signs: list[int], k: int, y: list[Any]) -> list[Any]:
    """The derivative of switch k in time in the branch of these signs, and in the one behind its surface."""
    rates = []
    for s in (signs[k], -signs[k]):
        put = {n: s if j == k else signs[j] for j, n in enumerate(nodes)}
        velocity = tape.branch(put).run(Multiprecision(), y)
        normal = gradients(Tape(tape.size, tape.nodes, (nodes[k],)).branch(put)).run(Multiprecision(), y)
        rates.append(sum(a * b for a, b in zip(normal, velocity, strict=True)))
    return rates
