"""The derivatives of tapes, as tapes.

Tangents go forward along the tape: each node's is the sum of its operands' times the derivative of the operation.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from numerics.flows.tape import Builder, Tape

ONE, TWO, HALF = Fraction(1), Fraction(2), Fraction(1, 2)


def gradients(tape: Tape) -> Tape:
    """The derivatives of each output by each variable, output by output."""
    build, values = _copied(tape, tape.size)
    rows: list[list[int]] = [[] for _ in tape.outputs]
    for j in range(tape.size):
        seeds = [build.number(int(i == j)) for i in range(tape.size)]
        tangents = _tangents(tape, build, values, seeds)
        for row, k in zip(rows, tape.outputs, strict=True):
            row.append(tangents[k])
    return build.tape([entry for row in rows for entry in row])


def _copied(tape: Tape, size: int) -> tuple[Builder, list[int]]:
    build, values = Builder(size), []
    for node in tape.nodes:
        op, *a = node
        if op in ("x", "num", "pi"):
            values.append(build.node(op, *a))
        elif op == "power":
            values.append(build.power(values[a[0]], a[1]))
        else:
            values.append(build.node(op, *(values[k] for k in a)))
    return build, values


def _tangents(tape: Tape, b: Builder, values: list[int], seeds: list[int]) -> list[int]:
    out: list[int] = []
    for k, (op, *a) in enumerate(tape.nodes):
        if op in ("num", "pi", "sign"):
            out.append(b.number(0))
        elif op == "x":
            out.append(seeds[a[0]])
        elif op in ("+", "-", "neg"):
            out.append(b.node(op, *(out[j] for j in a)))
        elif op == "*":
            left = b.multiply(out[a[0]], values[a[1]])
            out.append(b.add(left, b.multiply(values[a[0]], out[a[1]])))
        elif op == "/":
            inner = b.subtract(out[a[0]], b.multiply(values[k], out[a[1]]))
            out.append(b.divide(inner, values[a[1]]))
        else:
            u = values[a[0]]
            slope = _power_slope(b, u, a[1]) if op == "power" else SLOPES[op](b, u, values[k])
            out.append(b.multiply(slope, out[a[0]]))
    return out


def _power_slope(b: Builder, u: int, r: Fraction) -> int:
    return b.multiply(b.number(r), b.power(u, r - 1))


def _square_plus(b: Builder, u: int, one: int, sign: int) -> int:
    """sign u^2 + one."""
    return b.add(b.multiply(b.number(sign), b.power(u, TWO)), b.number(one))


SLOPES: dict[str, Callable[[Builder, int, int], int]] = {
    "exp": lambda b, u, v: v,
    "log": lambda b, u, v: b.divide(b.number(1), u),
    "sin": lambda b, u, v: b.node("cos", u),
    "cos": lambda b, u, v: b.negative(b.node("sin", u)),
    "tan": lambda b, u, v: _square_plus(b, v, 1, 1),
    "sinh": lambda b, u, v: b.node("cosh", u),
    "cosh": lambda b, u, v: b.node("sinh", u),
    "tanh": lambda b, u, v: _square_plus(b, v, 1, -1),
    "asin": lambda b, u, v: b.power(_square_plus(b, u, 1, -1), -HALF),
    "acos": lambda b, u, v: b.negative(b.power(_square_plus(b, u, 1, -1), -HALF)),
    "atan": lambda b, u, v: b.power(_square_plus(b, u, 1, 1), -ONE),
    "asinh": lambda b, u, v: b.power(_square_plus(b, u, 1, 1), -HALF),
    "acosh": lambda b, u, v: b.power(_square_plus(b, u, -1, 1), -HALF),
    "atanh": lambda b, u, v: b.power(_square_plus(b, u, 1, -1), -ONE),
    "erf": lambda b, u, v: b.multiply(
        b.divide(b.number(2), b.power(b.node("pi"), HALF)), b.node("exp", b.negative(b.power(u, TWO)))
    ),
    "abs": lambda b, u, v: b.sign(u),
}
