"""Steepest descent against NumPy in double precision, against torch's own optimizers, and what it refuses."""

from __future__ import annotations

import copy

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from mirrorproof import optim  # noqa: E402
from mirrorproof.optim import Derived as Imported  # noqa: E402
from training.optim import SignDescent, SteepestDescent  # noqa: E402

SHAPES = ((7, 3), (5,), ())


def parameters(dtype: torch.dtype = torch.float64) -> list[torch.nn.Parameter]:
    generator = torch.Generator().manual_seed(3)
    found = [torch.nn.Parameter(torch.randn(s, generator=generator, dtype=torch.float64).to(dtype)) for s in SHAPES]
    for p in found:
        p.grad = torch.randn(p.shape, generator=generator, dtype=torch.float64).to(dtype)
    found[1].grad[0] = 0
    return found


def reference(w: np.ndarray, g: np.ndarray, q: float, coupled: float, decoupled: float, lr: float) -> np.ndarray:
    u = g + coupled * w
    return w - lr * (np.sign(u) * np.abs(u) ** (q - 1) + decoupled * w)


@pytest.mark.parametrize("q", [1.0, 1.25, 1.5, 2.0])
@pytest.mark.parametrize("foreach", [None, False])
def test_against_numpy(q: float, foreach: bool | None) -> None:
    for coupled, decoupled in ((0.0, 0.0), (0.3, 0.0), (0.0, 0.3), (0.2, 0.1)):
        ps = parameters()
        options = {"coupled": coupled, "decoupled": decoupled}
        expected = [reference(p.detach().numpy(), p.grad.numpy(), q, lr=0.1, **options) for p in ps]
        SteepestDescent(ps, 0.1, q, foreach=foreach, **options).step()
        for p, e in zip(ps, expected, strict=True):
            np.testing.assert_allclose(p.detach().numpy(), e, rtol=1e-14, atol=1e-15)
        mutant = [reference(p.detach().numpy(), p.grad.numpy(), q, decoupled, coupled + 0.1, 0.1) for p in ps]
        assert not np.allclose(mutant[0], expected[0], rtol=1e-6)


def test_the_facade_is_the_package() -> None:
    from training.optim import Derived

    assert Imported is Derived is optim.Derived


def test_signs_are_exact() -> None:
    ps = [torch.nn.Parameter(torch.zeros(4))]
    ps[0].grad = torch.tensor([1e-38, -3e38, 0.0, 5.0])
    SignDescent(ps, 0.5).step()
    assert ps[0].tolist() == [-0.5, 0.5, 0.0, -0.5]


@pytest.mark.parametrize("coupled", [0.0, 0.01])
def test_gradient_descent_is_that_of_torch(coupled: float) -> None:
    ours, theirs = parameters(torch.float32), parameters(torch.float32)
    SteepestDescent(ours, 0.1, coupled=coupled).step()
    torch.optim.SGD(theirs, 0.1, weight_decay=coupled).step()
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-6, atol=1e-7)


def test_groups_schedules_and_state() -> None:
    ps = parameters()
    optimizer = optim.SteepestDescent([{"params": ps[:1], "q": 1.0}, {"params": ps[1:]}], 0.1, 1.5)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.5)
    optimizer.step()
    schedule.step()
    saved = copy.deepcopy(optimizer.state_dict())
    assert [g["q"] for g in saved["param_groups"]] == [1.0, 1.5]
    twin = [torch.nn.Parameter(p.detach().clone()) for p in ps]
    for p, t in zip(ps, twin, strict=True):
        t.grad = p.grad.clone()
    other = SteepestDescent([{"params": twin[:1]}, {"params": twin[1:]}], 9.0)
    other.load_state_dict(saved)
    optimizer.step()
    other.step()
    assert all(torch.equal(a, b) for a, b in zip(ps, twin, strict=True))
    broken = copy.deepcopy(saved)
    broken["param_groups"][0]["q"] = 3.0
    with pytest.raises(ValueError, match="q must lie in"):
        other.load_state_dict(broken)
    foreign = torch.optim.SGD([{"params": twin[:1]}, {"params": twin[1:]}], 0.1).state_dict()
    with pytest.raises(ValueError, match="of another optimizer: it has no compiled"):
        other.load_state_dict(foreign)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"q": 0.9}, "q must lie in"), ({"q": 2.1}, "q must lie in"), ({"q": float("nan")}, "q must lie in"),
        ({"lr": -1.0}, "lr must lie in"), ({"lr": "fast"}, "lr must be a number"),
        ({"coupled": -1e-9}, "coupled must lie in"), ({"decoupled": float("inf")}, "decoupled must lie in"),
        ({"nan": "hope"}, "nan must be one of"), ({"foreach": "maybe"}, "foreach must be"),
    ],
)  # fmt: skip
def test_refused_options(options: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        SteepestDescent(parameters(), **options)
    assert "\n" not in str(refused.value)
    good = SteepestDescent(parameters()[:1])
    with pytest.raises(ValueError, match=message):
        good.add_param_group({"params": parameters()[1:], **options})
    assert len(good.param_groups) == 1


def test_refused_parameters() -> None:
    for wrong, message in (
        (torch.zeros(2, dtype=torch.complex64), "complex"),
        (torch.eye(2).to_sparse(), "sparse"),
    ):
        with pytest.raises(TypeError, match=message):
            SteepestDescent([torch.nn.Parameter(wrong)])
    table = torch.nn.Embedding(4, 2, sparse=True)
    table(torch.tensor([1])).sum().backward()
    with pytest.raises(TypeError, match="sparse"):
        SteepestDescent(table.parameters()).step()


@pytest.mark.parametrize("q", [1.0, 1.5, 2.0])
def test_gradients_that_are_not_finite(q: float) -> None:
    for bad in (float("nan"), float("inf")):
        ps = parameters()
        before = [p.detach().clone() for p in ps]
        ps[1].grad[2] = bad
        with pytest.raises(FloatingPointError, match="no parameter was changed"):
            SteepestDescent(ps, 0.1, q).step()
        lenient = SteepestDescent(ps, 0.1, q, nan="skip")
        lenient.step()
        assert lenient.skipped == 1
        assert all(torch.equal(a, b) for a, b in zip(before, ps, strict=True))
        SteepestDescent(ps, 0.1, q, nan="ignore").step()
        assert not torch.equal(before[0], ps[0])


def test_a_closure() -> None:
    p = torch.nn.Parameter(torch.tensor([3.0]))
    optimizer = SteepestDescent([p], 0.25)

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = (p**2).sum()
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 9
    assert p.item() == 1.5


def test_traced_steps_are_those_of_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    compile_ = torch.compile
    monkeypatch.setattr(torch, "compile", lambda f, **kinds: compile_(f, backend="eager", fullgraph=True))
    for q in (1.0, 1.5, 2.0):
        plain, traced = parameters(), parameters()
        kinds = {"coupled": 0.1, "decoupled": 0.2}
        a, b = SteepestDescent(plain, 0.1, q, **kinds), SteepestDescent(traced, 0.1, q, compiled=True, **kinds)
        for rate in (0.1, 0.05, 0.01):
            for o in (a, b):
                o.param_groups[0]["lr"] = rate
                o.step()
        for s, t in zip(plain, traced, strict=True):
            torch.testing.assert_close(s, t, rtol=1e-13, atol=1e-14)


@pytest.mark.slow
def test_compiled_steps() -> None:
    plain, fused = parameters(torch.float32), parameters(torch.float32)
    for ps, compiled in ((plain, False), (fused, True)):
        optimizer = SteepestDescent(ps, 0.1, 1.5, decoupled=0.1, compiled=compiled)
        for _ in range(3):
            optimizer.step()
    for s, t in zip(plain, fused, strict=True):
        torch.testing.assert_close(s, t)
