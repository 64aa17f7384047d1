"""Products of factors in place of weights: values, slopes, starts, and back again."""

from __future__ import annotations

import copy
from collections.abc import Callable

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from training.factorize import balanced, balances, closed, factorize, factors, first, fold, product  # noqa: E402


def network() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(1, 3, 2), nn.ReLU(), nn.Flatten(), nn.Linear(12, 2))


@pytest.mark.parametrize("depth", [1, 2, 4, 10])
def test_there_and_back(depth: int) -> None:
    model, inputs = network(), torch.randn(4, 1, 3, 3)
    before, expected = {n: p.detach().clone() for n, p in model.named_parameters()}, model(inputs)
    assert factorize(model, depth) == ["0.weight", "3.weight"]
    torch.testing.assert_close(model(inputs), expected)
    assert len(list(model.parameters())) == 2 * depth + 2
    assert [len(f) for f in factors(model).values()] == [depth, depth]
    with pytest.raises(ValueError, match="parametrized already"):
        factorize(model, depth, choose=lambda n, m, p: p.startswith("original"))
    assert sorted(fold(model)) == ["0.weight", "3.weight"]
    assert {n for n, _ in model.named_parameters()} == set(before)
    for name, p in model.named_parameters():
        torch.testing.assert_close(p.detach(), before[name])
    assert fold(model) == []


def attention() -> nn.Module:
    return nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0, batch_first=True)


KINDS: list[tuple[Callable[[], nn.Module], tuple[int, ...], int]] = [
    (attention, (2, 5, 8), 6), (lambda: nn.LSTM(3, 4), (5, 2, 3), 2),
    (lambda: nn.ConvTranspose1d(2, 3, 2), (1, 2, 4), 1),
]  # fmt: skip


@pytest.mark.parametrize(("make", "shape", "count"), KINDS, ids=["attention", "lstm", "transposed"])
def test_any_weights_of_any_module(make: Callable[[], nn.Module], shape: tuple[int, ...], count: int) -> None:
    """What is chosen may be any parameter; a copy and a state dict hold the factors."""
    model, inputs = make(), torch.randn(shape)

    def outputs(of: nn.Module) -> torch.Tensor:
        found = of(inputs)
        return found[0] if isinstance(found, tuple) else found

    before = outputs(model)
    assert len(factorize(model, 3, choose=lambda name, owner, parameter: "weight" in parameter)) == count
    torch.testing.assert_close(outputs(model), before)
    again = make()
    factorize(again, 3, choose=lambda name, owner, parameter: "weight" in parameter)
    again.load_state_dict(model.state_dict())
    for other in (again, copy.deepcopy(model)):
        torch.testing.assert_close(outputs(other), before)
        with torch.no_grad():
            next(iter(factors(other).values()))[1].mul_(2)
        assert not torch.allclose(outputs(other), before, atol=1e-3)
    for _ in range(2):  # factors that were learnt are those of the next pass
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
        (loss := outputs(model).square().sum()).backward()
        optimizer.step()
        assert outputs(model).square().sum() < loss
    after = outputs(model)
    assert len(fold(model)) == count and not torch.allclose(after, before, atol=1e-4)
    torch.testing.assert_close(outputs(model), after)
    torch.testing.assert_close(outputs(copy.deepcopy(model)), after)
    outputs(model).sum().backward()
    assert all(p.grad is not None for p in model.parameters())


@pytest.mark.parametrize("depth", [2, 3, 5])
def test_slopes_and_curvatures(depth: int) -> None:
    entries = [torch.tensor([0.5, 0.0, -0.3, 0.0], dtype=torch.float64, requires_grad=True) for _ in range(depth)]
    assert torch.autograd.gradcheck(product, tuple(entries))
    assert torch.autograd.gradgradcheck(product, tuple(entries))
    chain = entries[0]
    for w in entries[1:]:
        chain = chain * w
    ours = torch.autograd.grad(product(*entries).sum(), entries)
    theirs = torch.autograd.grad(chain.sum(), entries)
    assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_starts(dtype: torch.dtype) -> None:
    x = torch.tensor([0.0, 1e-6, -1e-6, 0.5, -2.0, 1e3, -1e3], dtype=dtype)
    close = {"rtol": 8 * torch.finfo(dtype).eps, "atol": 1e-30}
    for parts in (first(x, 5), first(x, 3, 0.1), balanced(x, 7), closed(x), closed(x, 2, 0.01)):
        torch.testing.assert_close(product(*parts), x, **close)
    assert all(torch.equal(w, torch.ones_like(x)) for w in first(x, 5)[1:])
    torch.testing.assert_close(torch.stack(balances(list(balanced(x, 4)), 1.5)), torch.zeros(3, 7, dtype=dtype))
    small = x[:5].double()
    for gamma in (0.5, 0.01):
        torch.testing.assert_close(balances(list(closed(small, 2, gamma)), 2.0)[0], torch.full_like(small, 2 * gamma))
        assert not torch.allclose(balances(list(closed(small, 2, gamma)), 1.0)[0], torch.full_like(small, 2 * gamma))


def test_the_printed_start_of_two_factors() -> None:
    x = torch.tensor([0.3, -0.2, 0.0], dtype=torch.float64)
    v = torch.sqrt(x + torch.sqrt(x**2 + 0.25))
    m, w = closed(x)
    torch.testing.assert_close(m, (v + 0.5 / v) / 2**0.5)
    torch.testing.assert_close(w, (v - 0.5 / v) / 2**0.5)
    model = nn.Linear(3, 1, bias=False, dtype=torch.float64)
    model.weight.data = x[None]
    factorize(model, 2)
    torch.testing.assert_close(factors(model)["weight"][0][0], m)


def test_decay_acts_on_the_factors() -> None:
    model = nn.Linear(3, 1, bias=False)
    before = model.weight.detach().clone()
    factorize(model, 4)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1, weight_decay=1.0)
    (model.weight * 0).sum().backward()
    optimizer.step()
    torch.testing.assert_close(model.weight.detach(), before * 0.9**4)


def test_refusals() -> None:
    for options, message in (
        ({"depth": 0}, "at least 1"),
        ({"depth": 2.0}, "an integer"),
        ({"depth": 3, "start": "closed"}, "two factors"),
        ({"depth": 3, "start": "sideways"}, "start must be"),
        ({"depth": 3, "scale": 0.0}, "positive"),
        ({"depth": 3, "choose": lambda *_: False}, "no weight"),
    ):
        model = network()
        with pytest.raises(ValueError, match=message):
            factorize(model, **options)
        assert not factors(model)
    tied = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    tied[1].weight = tied[0].weight
    with pytest.raises(ValueError, match="one tensor"):
        factorize(tied, 2)


def test_forward_derivatives_and_the_compiler() -> None:
    """Of products, zeros among the factors; a module that is compiled is the same function."""
    ws = [torch.randn(3, dtype=torch.float64, requires_grad=True) for _ in range(3)]
    with torch.no_grad():
        ws[1][0] = ws[2][0] = 0
    ways = [torch.randn(3, dtype=torch.float64) for _ in ws]
    found = torch.func.jvp(product, tuple(ws), tuple(ways))[1]
    expected = sum(ways[i] * ws[i - 1] * ws[i - 2] for i in range(3))
    torch.testing.assert_close(found, expected)
    assert not torch.allclose(torch.func.jvp(product, tuple(ws), tuple(ways[::-1]))[1], expected)
    model, inputs = nn.Linear(3, 2), torch.randn(5, 3)
    factorize(model, 3)
    slopes = []
    for f in (model, torch.compile(model, backend="eager", fullgraph=True)):
        slopes.append(torch.autograd.grad(f(inputs).square().sum(), list(model.parameters())))
    torch.testing.assert_close(*slopes)


def test_a_weight_without_a_shape_is_refused_before_anything_changes() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.LazyLinear(3))
    with pytest.raises(ValueError, match=r"1\.weight has no shape yet"):
        factorize(model, 2)
    assert factors(model) == {}
    model(torch.ones(1, 2))
    assert factorize(model, 2) == ["0.weight", "1.weight"]
