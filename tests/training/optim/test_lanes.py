"""Compiled steps: nothing is changed by a step that is refused, and a kernel meets the tensors that it was made for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from training.optim import HyperbolicEntropy, MirrorDescent, Power, SmoothedHomogeneous, SteepestDescent  # noqa: E402
from training.optim.fused import Laid  # noqa: E402

Tensor = torch.Tensor
MAKERS: dict[str, Callable[..., Any]] = {
    "signs": lambda ps, **o: SteepestDescent(ps, 0.1, 1.0, **o),
    "between": lambda ps, **o: SteepestDescent(ps, 0.1, 1.5, decoupled=0.1, **o),
    "gradient": lambda ps, **o: SteepestDescent(ps, 0.1, 2.0, coupled=0.1, **o),
    "entropy": lambda ps, **o: MirrorDescent(ps, 0.1, HyperbolicEntropy(0.1), **o),
    "tenth power": lambda ps, **o: MirrorDescent(ps, 0.1, SmoothedHomogeneous(10, 0.1), **o),
    "balanced": lambda ps, **o: MirrorDescent(ps, 0.1, Power.balanced(2), **o),
    "metric": lambda ps, **o: MirrorDescent(ps, 0.1, HyperbolicEntropy(0.1), form="metric", **o),
}


def parameters() -> list[Any]:
    generator = torch.Generator().manual_seed(5)
    found = [torch.nn.Parameter(torch.randn(s, generator=generator)) for s in ((4, 3), (5,), ())]
    found.append(torch.nn.Parameter(torch.randn(6, generator=generator).double()))
    for p in found:
        p.grad = torch.randn(p.shape, generator=generator).to(p.dtype)
    return found


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> None:
    compile_ = torch.compile
    monkeypatch.setattr(torch, "compile", lambda f, **kinds: compile_(f, backend="eager", fullgraph=True))


def check_refusal(make: Callable[..., Any], bad: float, *policies: str) -> None:
    """One bad entry in the last group, of another kind of number: no parameter of any group moves."""
    for nan in policies:
        ps = parameters()
        before = [p.detach().clone() for p in ps]
        optimizer = make([{"params": ps[:2]}, {"params": ps[2:]}], nan=nan, compiled=True)
        ps[3].grad[1] = bad
        if nan == "raise":
            with pytest.raises(FloatingPointError, match="no parameter was changed"):
                optimizer.step()
        else:
            optimizer.step()
            assert optimizer.skipped == 1
        assert all(torch.equal(p, b) for p, b in zip(ps, before, strict=True))
        ps[3].grad[1] = 0.5
        optimizer.step()
        assert not any(torch.equal(p, b) for p, b in zip(ps, before, strict=True))


@pytest.mark.parametrize(("name", "nan"), [("between", "skip"), ("entropy", "raise"), ("metric", "skip")])
def test_a_refused_step_changes_nothing(name: str, nan: str, traced: None) -> None:
    check_refusal(MAKERS[name], float("inf"), nan)


def test_what_is_compiled_looks_and_gives_back() -> None:
    """The compiler simplifies and orders: by itself it may take away a look, or copy what has moved."""
    p = torch.nn.Parameter(torch.tensor([1.0, 2.0, 3.0]))
    p.grad = torch.tensor([1.0, float("nan"), 1.0])
    optimizer = SteepestDescent([p], 0.5, compiled=True, nan="skip")
    optimizer.step()
    assert p.tolist() == [1, 2, 3]
    p.grad[1] = 2.0
    optimizer.step()
    assert p.tolist() == [0.5, 1, 2.5] and optimizer.skipped == 1


@pytest.mark.slow
@pytest.mark.parametrize("name", MAKERS)
def test_what_is_compiled_changes_nothing_where_it_is_refused(name: str) -> None:
    for bad in (float("nan"), float("-inf")):
        check_refusal(MAKERS[name], bad, "raise", "skip")


@pytest.mark.parametrize(("name", "nan"), [("signs", "ignore"), ("between", "raise"), ("entropy", "ignore"),
                                           ("tenth power", "raise"), ("balanced", "ignore")])  # fmt: skip
def test_steps_far_and_near_are_those_of_the_loop(name: str, nan: str, traced: None) -> None:
    plain, fused = parameters(), parameters()
    optimizers = [MAKERS[name](plain, nan=nan), MAKERS[name](fused, nan=nan, compiled=True)]
    for scale in (1.0, 60.0, 1e-3):  # the second is too far for what a kernel knows
        for ps, optimizer in zip((plain, fused), optimizers, strict=True):
            for p in ps:
                p.grad = torch.sin(7 * p.detach()) * scale if p is not ps[2] else None
            optimizer.step()
        for p, q in zip(plain, fused, strict=True):
            torch.testing.assert_close(p, q, rtol=2e-4, atol=1e-5)


def test_a_refused_part_gives_back_the_others(traced: None) -> None:
    """Beside a group that is not compiled, whose step leads out of the range of R'."""
    near, far = (torch.nn.Parameter(torch.tensor([x])) for x in (0.5, 0.5))
    near.grad, far.grad = torch.tensor([1.0]), torch.tensor([-100.0])
    optimizer = MirrorDescent([{"params": [near], "compiled": True}, {"params": [far]}], 1.0, Power(2.0))
    with pytest.raises(FloatingPointError):
        optimizer.step()
    assert near.item() == far.item() == 0.5
    far.grad = torch.tensor([0.1])
    optimizer.step()
    assert near.item() != 0.5 != far.item()


def test_other_options_and_tensors_are_noticed(traced: None) -> None:
    p = torch.nn.Parameter(torch.ones(2, 2))
    p.grad = torch.tensor([[1.0, -2.0], [3.0, -4.0]])
    optimizer = SteepestDescent([p], 1.0, 2.0, compiled=True)
    optimizer.step()
    assert p.tolist() == [[0, 3], [-2, 5]]
    optimizer.param_groups[0]["q"] = 1.0
    optimizer.step()
    assert p.tolist() == [[-1, 4], [-3, 6]]
    p.data = p.data.t()  # of the same place and sizes, laid out otherwise
    optimizer.step()
    assert p.tolist() == [[-2, -2], [3, 7]]
    p.data = torch.zeros(2, 2, dtype=torch.float64)
    p.grad = torch.ones(2, 2, dtype=torch.float64)
    optimizer.param_groups[0]["lr"] = torch.tensor(0.5, dtype=torch.float64)
    optimizer.step()
    assert p.tolist() == [[-0.5, -0.5], [-0.5, -0.5]] and p.dtype == torch.float64
    p.grad = torch.eye(2).double().to_sparse()
    with pytest.raises(TypeError, match="sparse"):
        optimizer.step()
    p.grad = None
    optimizer.step()
    assert p.tolist() == [[-0.5, -0.5], [-0.5, -0.5]]


@pytest.mark.parametrize("own", [True, False])
def test_laid(own: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not own:  # where torch has no such thing
        monkeypatch.setitem(sys.modules, "torch._C._dynamo.guards", None)
    tensors = [torch.zeros(2, 2), torch.zeros(3)]
    laid = Laid(tensors)
    assert laid.holds([torch.ones(2, 2), torch.ones(3)])
    square = torch.zeros(2, 2)
    for other in (torch.zeros(3, 2), square.t(), square.double(), torch.zeros(2, 2, device="meta")):
        assert not laid.holds([other, tensors[1]])
    assert not laid.holds(tensors[:1]) and not laid.holds([*tensors, tensors[0]])
