from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from numerics.laws import count_laws
from numerics.laws.ansatz import _over_the_rationals, polynomial_laws, rational
from numerics.laws.identities import is_law
from numerics.laws.maps import PolynomialMap
from numerics.laws.modular import PRIME, Fields, echelon
from numerics.laws.networks import attention, linear, relu
from numerics.laws.symmetries import is_symmetry, kernel_dimension, linear_symmetries
from tests.numerics.laws.cases import CUBE, DEEP, KNOWN, OVERCOMPLETE, PRODUCT, of, of_two_factors


@pytest.mark.parametrize("name", KNOWN)
def test_the_number_of_laws_is_exact(name: str) -> None:
    parameterization, number = KNOWN[name]
    found = count_laws(parameterization)
    assert found.exact and found.laws.complete
    assert found.least == number
    assert all(is_law(parameterization, found.laws.laws))


@pytest.mark.parametrize("name", OVERCOMPLETE)
def test_dependent_laws_are_not_counted_twice(name: str) -> None:
    parameterization, dimension, number = OVERCOMPLETE[name]
    found = count_laws(parameterization)
    assert found.exact
    assert (len(found.laws.laws), found.least) == (dimension, number)


@pytest.mark.parametrize("widths", [(1, 1, 1), (2, 3, 1), (3, 2, 3), (2, 5, 2), (1, 4, 2), (2, 6, 1), (4, 5, 3)])
def test_two_factors_follow_the_formula(widths: tuple[int, int, int]) -> None:
    found = count_laws(linear(widths))
    assert found.exact and found.least == of_two_factors(*widths)


@pytest.mark.parametrize("widths", [(2, 3, 4, 2), (3, 2, 2, 3), (2, 2, 2, 2, 2)])
def test_relu_networks_have_one_law_for_each_hidden_neuron(widths: tuple[int, ...]) -> None:
    for bias in (False, True):
        found = count_laws(relu(widths, bias))
        assert found.exact and found.least == sum(widths[1:-1])


def test_the_law_of_a_product_and_the_wrong_sign() -> None:
    assert is_law(PRODUCT, [{(2, 0): 1, (0, 2): -1}, {(2, 0): 1, (0, 2): 1}, {(1, 1): 1}]) == [True, False, False]
    assert is_law(CUBE, [{(2, 0): 1, (0, 2): -2}, {(2, 0): 1, (0, 2): -1}]) == [True, False]


def test_a_law_of_no_polynomial_leaves_a_gap() -> None:
    found = count_laws(of("a b", {(1, 0): 1, (0, 2): 1}), degree=4)  # a - log(b)/2
    assert not found.exact and found.laws.complete
    assert (found.least, found.most) == (0, 1)


def test_a_bracket_of_three_fields_is_needed() -> None:
    parameterization = of("a b c", {(1, 0, 0): 1}, {(0, 1, 0): 1, (3, 0, 1): 1})
    short, long = (count_laws(parameterization, longest=k) for k in (1, 6))
    assert short.rank == 2 and long.rank == 3 and long.length >= 2


def test_laws_of_higher_degree() -> None:
    found = polynomial_laws(DEEP, 4, np.random.default_rng(0))
    assert found.complete and len(found.laws) == 3 + 6
    linear_in_b = of("a b", {(3, 0): 1, (0, 1): 1})  # (a^-1 stays away from polynomials)
    assert polynomial_laws(linear_in_b, 5, np.random.default_rng(0)).laws == []


def test_large_coefficients_are_lifted_over_the_rationals() -> None:
    parameterization = of("a b", {(2, 0): 123456789, (0, 2): -987654321})
    found = count_laws(parameterization, degree=2)
    assert found.least == 0 and found.most == 1  # |a|^987654321/|b|^123456789-like: no polynomial of low degree
    wide = of("a b", {(1, 0): 10**12 + 39, (0, 1): 10**11 + 3})
    assert count_laws(wide, degree=1).exact


def test_an_ansatz_beyond_the_limit_says_so() -> None:
    found = polynomial_laws(relu([6, 6, 6]), 6, np.random.default_rng(0))
    assert not found.complete and "monomials" in found.reason


@given(st.integers(1, PRIME - 1))
def test_lifted_numbers_reduce_back(x: int) -> None:
    lifted = rational(x, PRIME)
    if lifted is not None:
        assert (lifted[0] - x * lifted[1]) % PRIME == 0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.tuples(*[st.integers(0, 2)] * 3), st.integers(-3, 3).filter(bool), min_size=1, max_size=4
        ),
        min_size=1, max_size=2,
    )
)  # fmt: skip
def test_classes_find_what_the_whole_system_finds(coordinates: list[dict[tuple[int, ...], int]]) -> None:
    parameterization = PolynomialMap.of(["a", "b", "c"], coordinates)
    found = polynomial_laws(parameterization, 3, np.random.default_rng(1))
    every = [m for d in (1, 2, 3) for m in _all(3, d)]
    table = np.array([list(m) + [3] * (3 - len(m)) for m in every])
    assert found.complete
    assert len(found.laws) == len(_over_the_rationals(parameterization, table))


def _all(names: int, degree: int) -> list[tuple[int, ...]]:
    from itertools import combinations_with_replacement

    return list(combinations_with_replacement(range(names), degree))


def test_brackets_agree_with_their_definition() -> None:
    parameterization = linear([2, 2, 2])
    fields = Fields(parameterization)
    w = np.arange(3, 3 + 8)[None, None]
    e = np.eye(4, dtype=np.int64)
    found = fields.bracket(np.stack([e[:1], e[1:2]]), w)[0, 0]
    values = [int(x) for x in w[0, 0]]
    G = parameterization.polynomials
    first, second = ([g.derivative(a) for a in range(8)] for g in G[:2])
    for a in range(8):
        expected = sum(
            int(second[a].derivative(b)(*values)) * int(first[b](*values))
            - int(first[a].derivative(b)(*values)) * int(second[b](*values))
            for b in range(8)
        )
        assert (found[a] - expected) % PRIME == 0


def test_a_rank_modulo_the_prime_is_a_lower_bound() -> None:
    rows = np.array([[1, 0], [0, PRIME]]) % PRIME
    assert len(echelon(rows)) == 1  # over Q it is 2


def test_linear_symmetries_bound_the_rank_of_the_jacobian() -> None:
    for d, k, dimension in ((3, 2, 4), (2, 1, 1)):
        g = attention(d, k)
        found = linear_symmetries(g)
        assert len(found) == dimension == kernel_dimension(g, found)  # the invertible k x k matrices
        assert all(is_symmetry(g, s) for s in found)
        assert not is_symmetry(g, {**found[0], (0, 0): found[0].get((0, 0), 0) + 1})
