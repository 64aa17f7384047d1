"""Mirror descent is what steepest descent of the factors becomes for small steps: the gap falls with the step."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from training.factorize import factorize, factors, fold  # noqa: E402
from training.optim import Derived, HyperbolicEntropy, MirrorDescent, Power, SteepestDescent  # noqa: E402

START = (0.9, -0.7, 0.4, -1.2)
TRUTH = (2.0, -1.5, -0.5, 0.3)
TIME = 0.1


def layer() -> torch.nn.Linear:
    found = torch.nn.Linear(4, 1, bias=False, dtype=torch.float64)
    found.weight.data = torch.tensor([START], dtype=torch.float64)
    return found


def descend(model: torch.nn.Linear, optimizer: torch.optim.Optimizer, steps: int) -> torch.Tensor:
    truth = torch.tensor([TRUTH], dtype=torch.float64)
    for _ in range(steps):
        optimizer.zero_grad()
        ((model.weight - truth) ** 2).sum().div(2).backward()
        optimizer.step()
    return model.weight.detach().clone()


def gaps(depth: int, q: float, start: str, potential: object, decay: float = 0.0, twin_decay: float = 0.0,
         form: str = "dual") -> list[float]:  # fmt: skip
    """The largest gap between the products and their twin at TIME, for a step and for half of it."""
    found = []
    for steps in (40, 80):
        factorised, plain = layer(), layer()
        factorize(factorised, depth, start=start, gamma=0.3)
        x = descend(factorised, SteepestDescent(factorised.parameters(), TIME / steps, q, decoupled=decay), steps)
        options = {"q": q, "form": form, "decoupled": twin_decay}
        y = descend(plain, MirrorDescent(plain.parameters(), TIME / steps, potential, **options), steps)
        found.append(float((x - y).abs().max()))
    return found


def limit(found: list[float]) -> float:
    """What is left of the gap for steps to 0, by extrapolation."""
    return abs(2 * found[1] - found[0])


@pytest.mark.parametrize("form", ["dual", "metric"])
@pytest.mark.parametrize("q", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("depth", [2, 3, 6])
def test_balanced_factors(depth: int, q: float, form: str) -> None:
    found = gaps(depth, q, "balanced", Power.balanced(depth, q), form=form)
    assert found[1] < 0.7 * found[0] or max(found) < 1e-13  # balanced sign descent is mirror descent exactly
    assert limit(found) < 2e-4
    for mutant in (Power.balanced(depth + 1, q), Power.balanced(depth, q - 0.5 if q > 1.5 else q + 0.5)):
        assert limit(gaps(depth, q, "balanced", mutant, form=form)) > 2e-3


def test_factors_at_a_distance() -> None:
    """m^2 - w^2 = 2 gamma: the hyperbolic entropy, here also as the theory derives it."""
    import sympy

    from theory.network_potential import hyperbolic_entropy

    lam, m0, w0 = sympy.symbols("lam m0 w0", positive=True)
    derived = Derived(hyperbolic_entropy(lam, m0, w0), {"lam": 0.6, "m0": 2.0, "w0": 1.0})
    for potential in (HyperbolicEntropy(0.36, 4.0), derived):
        found = gaps(2, 2.0, "closed", potential)
        assert found[1] < 0.7 * found[0]
        assert limit(found) < 1e-4
    assert limit(gaps(2, 2.0, "closed", HyperbolicEntropy(0.36, 3.0))) > 2e-3


@pytest.mark.parametrize("depth", [2, 4])
def test_decay_of_the_factors_is_so_many_times_that_of_the_product(depth: int) -> None:
    chosen = Power.balanced(depth, 1.5)
    found = gaps(depth, 1.5, "balanced", chosen, 0.5, 0.5 * depth)
    assert found[1] < 0.7 * found[0]
    assert limit(found) < 2e-4
    assert limit(gaps(depth, 1.5, "balanced", chosen, 0.5, 0.5)) > 2e-3


def test_optimizers_reach_the_factors() -> None:
    model = layer()
    factorize(model, 3, start="balanced")
    before = [f.detach().clone() for f in factors(model)["weight"]]
    optimizer = SteepestDescent(model.parameters(), 1.0, decoupled=0.5)
    (model.weight * 0).sum().backward()
    optimizer.step()
    for a, b in zip(factors(model)["weight"], before, strict=True):
        torch.testing.assert_close(a.detach(), b / 2)
    fold(model)
    torch.testing.assert_close(model.weight.detach(), torch.tensor([START], dtype=torch.float64) / 8)
