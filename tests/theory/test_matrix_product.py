"""Products of matrices: gradient flow keeps its balance, sign flow that of numbers alone."""

from __future__ import annotations

import pytest
import sympy

from theory.derivation import Unchecked
from theory.matrix_product import MatrixProduct, a, column_times_number, freedom


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 1, 1), (2, 2, 1), (1, 2, 2)], ids=str)
def test_gradient_flow_keeps_its_balance(shape: tuple[int, int, int]) -> None:
    product = MatrixProduct(*shape)
    assert product.norm_rate.subs(a, 0) == 0 and product.gradient_flow_rate.shape == (shape[1], shape[1])
    assert len(product.derivation().steps) == 4


def test_sign_flow_of_numbers_keeps_the_difference_of_sizes() -> None:
    product = MatrixProduct(1, 1, 1)
    for signs in ((1, 1, 1), (1, -1, 1), (-1, 2, -3)):
        point = dict(zip([*product.first, *product.second, *product.gradient], map(sympy.Integer, signs), strict=True))
        assert product.sign_flow_rate(point) == 0


def test_sign_flow_of_a_column_does_not() -> None:
    product, points = column_times_number()
    assert product.sign_flow_rate(points[0]) == -1
    assert product.free_directions(points) == 3 and product.free_directions(points[:2]) < 3


@pytest.mark.parametrize("entries", [2, 3, 4])
def test_no_smooth_quantity_is_kept(entries: int) -> None:
    assert freedom(entries).conclusion == entries + 1


def test_a_kink_is_refused() -> None:
    product, points = column_times_number()
    with pytest.raises(ValueError, match="sign of every slope"):
        product.sign_flow_velocity({**points[0], product.gradient[0]: sympy.Integer(0)})
    with pytest.raises(ValueError, match="at least one row"):
        MatrixProduct(0, 1, 1)


def test_a_wrong_slope_is_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    product = MatrixProduct(1, 2, 1)
    monkeypatch.setattr(MatrixProduct, "slopes", (product.first, product.second.applyfunc(lambda e: -e)))
    with pytest.raises(Unchecked):
        _ = MatrixProduct(1, 2, 1).gradient_flow_rate
