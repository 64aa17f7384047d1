"""Parameterizations whose conservation laws are known."""

from __future__ import annotations

from numerics.laws import PolynomialMap
from numerics.laws.networks import attention, gated, gated_by_a_function, linear, relu, value_output


def of(names: str, *coordinates: dict[tuple[int, ...], int]) -> PolynomialMap:
    return PolynomialMap.of(names.split(), list(coordinates))


PRODUCT = of("a b", {(1, 1): 1})
DIFFERENCE_OF_SQUARES = of("a b", {(2, 0): 1, (0, 2): -1})
CUBE = of("a b", {(2, 1): 1})
DEEP = of("a b c d", {(1, 1, 1, 1): 1})

# name -> (map, number of independent laws, all of them of degree 2)
KNOWN = {
    "product": (PRODUCT, 1),
    "difference of squares": (DIFFERENCE_OF_SQUARES, 1),
    "a^2 b: a^2 - 2 b^2": (CUBE, 1),
    "four layers of one weight": (DEEP, 3),
    "both weights": (of("a b", {(1, 0): 1}, {(0, 1): 1}), 0),
    "product and sum": (of("a b", {(1, 1): 1}, {(1, 0): 1, (0, 1): 1}), 0),
    "two products": (of("a b c d", {(1, 1, 0, 0): 1}, {(0, 0, 1, 1): 1}), 2),
    "U V, r = 2": (linear([3, 2, 4]), 3),
    "U V, r = 4 of 5": (linear([3, 4, 2]), 10),
    "u v, r = 1": (linear([3, 1, 4]), 1),
    "three layers": (linear([2, 3, 2, 2]), 9),
    "relu 3,4,2": (relu([3, 4, 2]), 4),
    "relu 3,4,2 with biases": (relu([3, 4, 2], bias=True), 4),
    "relu 2,3,4,2 with biases": (relu([2, 3, 4, 2], bias=True), 7),
    "U V, r = 4 of 5, with biases": (linear([3, 4, 2], bias=True), 10),
    "u v with biases": (linear([2, 1, 2], bias=True), 1),
    "three layers with biases": (linear([2, 3, 3, 2], bias=True), 12),
    "query and key": (attention(4, 2), 3),
    "query and key with a bias": (attention(4, 2, bias=True), 3),
    "value and output with biases": (value_output(3, 2, bias=True), 3),
    "value and output": (value_output(3, 3), 6),
    "gated, two inputs": (gated(2, 1), 2),
    "gated by a function": (gated_by_a_function(3, 4, 2), 4),
}

# U V with U n x r and V r x m: independent laws where r <= n + m, and where it is greater
def of_two_factors(n: int, r: int, m: int) -> int:
    k = n + m
    return r * (r + 1) // 2 if r <= k else k * r - k * (k - 1) // 2


# <u, v>, vectors of r entries: u_i u_j - v_i v_j and u_i v_j - u_j v_i are kept, r^2 in all; one field leaves 2 r - 1
OVERCOMPLETE = {"r = 4": (linear([1, 4, 1]), 16, 7), "r = 3": (linear([1, 3, 1]), 9, 5)}
