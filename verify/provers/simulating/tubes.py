"""A law at one time of a path, enclosed: the flow by certain Taylor steps, the rates of observables by their series.

Every solution from the exact start lies in the box of the tube at that time; over the box the power series of an
observable in time has its rate as second coefficient. So the sides of the law lie in the balls that come out, without
a rule for the derivative of a term.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from numerics.flows.tape import UNARY, Builder, Tape
from verify.language.calculus import NotDifferentiable, expand
from verify.language.terms import Term
from verify.provers.simulating.digits import NoDigits
from verify.provers.simulating.laws import RATE, Law

DIGITS = 20
STEPS = 150  # of the tube, at most
PRECISION = 160  # bits for the law over the box of the tube
ARITHMETIC = ("+", "-", "*", "/", "neg")


def enclosed_sides(
    law: Law, flow: Sequence[tuple[str, Term]], point: Mapping[str, Fraction], time: float
) -> tuple[float, float, float]:
    """(left, right, error) of the law at a time: the middles of balls, and what they may be off by in all.

    Raises NoDigits where the path is not enclosed up to the time, or a term is not one of the elementary ones.
    """
    from flint import arb, arb_series

    from numerics.balls import precision
    from numerics.flows.enclosed import enclose_tape
    from numerics.flows.series import Boxes, PowerSeries, jets, length

    state = [name for name, _ in flow]
    rates = [f"{RATE}{k}" for k in range(len(law.observed))]
    parameters = {n: v for n, v in point.items() if n not in state}

    def tape(terms: Sequence[Term], names: Sequence[str]) -> Tape:
        build = Builder(len(names))
        known = {n: build.variable(k) for k, n in enumerate(names)}
        known |= {n: build.number(v) for n, v in parameters.items()}
        return build.tape([_node(build, expand(t), known) for t in terms])

    try:
        field = tape([f for _, f in flow], state)
        seen, sides = tape(law.observed, state), tape([law.left, law.right], [*state, *rates])
        begin = [point[n] for n in state]
        box = enclose_tape(field, begin, Fraction(time), digits=DIGITS, most=STEPS).at(Fraction(time))
        with precision(PRECISION):
            motion = jets(field, box, 1)
            with length(2):
                found = seen.run(PowerSeries(), [arb_series([a, b]) for a, b in zip(*motion, strict=True)])
            left, right = sides.run(Boxes(), [*box, *(s[1] for s in found)])
            if not (left.is_finite() and right.is_finite()):
                raise NoDigits("the law is not bounded over the box")
            error = arb(left.rad() + right.rad()).upper()
            return float(left.mid()), float(right.mid()), float(error)
    except NoDigits:
        raise
    except (NotDifferentiable, ArithmeticError) as problem:
        raise NoDigits(str(problem)) from None


def _node(build: Builder, t: Term, known: Mapping[str, int]) -> int:
    """The node of a term. Raises NoDigits for a kind that a tape does not hold."""
    op, a = t.op, t.args
    if op == "num":
        return build.number(a[0])
    if op == "sym" and a[0] in known:
        return known[a[0]]
    if op == "const" and a[0] in ("pi", "E"):
        return build.node("pi") if a[0] == "pi" else build.node("exp", build.number(1))
    if op not in (*UNARY, *ARITHMETIC, "**", "sqrt", "spow", "Min", "Max"):
        raise NoDigits(f"{op} is not enclosed along a path")
    nodes = [_node(build, c, known) for c in a]
    if op in ("Min", "Max"):
        return _extreme(build, op, nodes)
    if op == "sqrt":
        return build.power(nodes[0], Fraction(1, 2))
    if op == "spow":
        return build.multiply(build.sign(nodes[0]), _power(build, build.size_of(nodes[0]), nodes[1]))
    if op == "**":
        return _power(build, nodes[0], nodes[1])
    return build.node(op, *nodes)


def _power(build: Builder, base: int, exponent: int) -> int:
    r = build.known(exponent)
    if r is not None:
        return build.power(base, r)
    return build.node("exp", build.multiply(exponent, build.node("log", base)))


def _extreme(build: Builder, op: str, nodes: list[int]) -> int:
    """Max(a, b) = (a + b + |a - b|)/2, Min(a, b) = (a + b - |a - b|)/2, from left to right."""
    value = nodes[0]
    for other in nodes[1:]:
        gap = build.size_of(build.subtract(value, other))
        value = build.node("+" if op == "Max" else "-", build.add(value, other), gap)
        value = build.multiply(build.number(Fraction(1, 2)), value)
    return value
