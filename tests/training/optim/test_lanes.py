"""Compiled steps: nothing is changed by a step that is refused, and a kernel meets the tensors that it was made for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from training.optim import HyperbolicEntropy, MirrorDescent, Power, SmoothedHomogeneous, SteepestDescent  # noqa: E402
from training.optim.descent import signs  # noqa: E402
from training.optim.fused import Kernel, Laid, _bundles  # noqa: E402

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

    def compiled(f: Callable[..., Any], **kinds: Any) -> Callable[..., Any]:
        found = compile_(f, backend="eager", fullgraph=True)
        return lambda *arguments: found(*arguments)  # as of a torch that compiles nothing ahead of time

    monkeypatch.setattr(torch, "compile", compiled)


def check_refusal(make: Callable[..., Any], bad: float, *policies: str) -> None:
    """One bad entry in the last group, of another kind of number: that entry does not move, under "skip" none does."""
    for nan in policies:
        ps = parameters()
        before = [p.detach().clone() for p in ps]
        optimizer = make([{"params": ps[:2]}, {"params": ps[2:]}], nan=nan, compiled=True)
        ps[3].grad[1] = bad
        if nan == "raise":
            with pytest.raises(FloatingPointError, match="others have moved"):
                optimizer.step()
            good = [torch.equal(p == b, torch.isfinite(p.grad).logical_not()) for p, b in zip(ps, before, strict=True)]
        else:
            optimizer.step()
            assert optimizer.skipped == 1
            good = [torch.equal(p, b) for p, b in zip(ps, before, strict=True)]
        assert all(good)
        ps[3].grad[1] = 0.5
        optimizer.step()
        assert not any(torch.equal(p, b) for p, b in zip(ps, before, strict=True))


@pytest.mark.parametrize(("name", "nan"), [("signs", "raise"), ("between", "skip"), ("entropy", "raise"),
                                           ("entropy", "skip"), ("metric", "raise")])  # fmt: skip
def test_a_refused_step(name: str, nan: str, traced: None) -> None:
    check_refusal(MAKERS[name], float("inf"), nan)


@pytest.mark.parametrize("nan", ["skip", "raise"])
def test_what_is_compiled_looks_and_gives_back(nan: str) -> None:
    """The compiler simplifies and orders: by itself it may take away a look, or copy what has moved."""
    ps = [torch.nn.Parameter(torch.tensor([1.0, 2.0, 3.0])) for _ in range(2)]  # looked at together
    for p in ps:
        p.grad = torch.tensor([1.0, 2.0, 1.0])
    ps[0].grad[1] = float("nan")
    optimizer = SteepestDescent(ps, 0.5, compiled=True, nan=nan)
    if nan == "skip":
        optimizer.step()
        assert optimizer.skipped == 1 and ps[0].tolist() == ps[1].tolist() == [1, 2, 3]
    else:
        with pytest.raises(FloatingPointError, match="others have moved"):
            optimizer.step()
        assert ps[0].tolist() == [0.5, 2, 2.5] and ps[1].tolist() == [0.5, 1, 2.5]
    before = [p.tolist() for p in ps]
    ps[0].grad[1] = 2.0
    optimizer.step()
    assert [p.tolist() for p in ps] == [[x - 0.5, y - 1, z - 0.5] for x, y, z in before]
    before = [p.tolist() for p in ps]
    optimizer.param_groups[0]["lr"] = 0.25  # of the kernel that is there
    optimizer.step()
    assert [p.tolist() for p in ps] == [[x - 0.25, y - 0.5, z - 0.25] for x, y, z in before]
    assert len(optimizer._compiled) == 1


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_signs(dtype: Any) -> None:
    small = torch.finfo(dtype).tiny / 4  # below the normal numbers
    u = torch.tensor([-3.0, -small, -0.0, 0.0, small, 2.0, float("-inf")], dtype=dtype)
    assert torch.equal(signs(u), torch.sign(u))


def moved(lr: float, ps: list[Any], gs: list[Any]) -> tuple[list[Any], list[None]]:
    return [p - lr * g for p, g in zip(ps, gs, strict=True)], [None] * len(ps)


def test_many_tensors_looked_at_together() -> None:
    """Whichever of them is bad, that is found, and no other is blamed."""
    shapes = [(3,)] * 10 + [(2, 2)] * 2
    flags = [torch.ones(s, dtype=torch.bool) for s in shapes]
    bundles = _bundles([torch.zeros(s) for s in shapes], [*flags[:4], None, *flags[5:]])
    assert bundles == [[0, 1, 2, 3, 5, 6, 7, 8], [9], [10, 11]]
    for bad in range(12):
        ps = [torch.nn.Parameter(torch.zeros(s)) for s in shapes]
        for p in ps:
            p.grad = torch.ones_like(p)
        ps[bad].grad.view(-1)[0] = float("inf")
        kernel = Kernel(moved, lambda y, g: g.isfinite(), hold=True)
        with torch.no_grad():
            well, each = kernel._plain(0.5, ps, [p.grad for p in ps], [])
        assert not well and bad in [k for k, flag in enumerate(each) if not flag]
        assert all(each[k] is each[bad] for k in range(12) if not each[k])
        assert sum(p.sum().item() for p in ps) == 0.5 - 0.5 * sum(p.numel() for p in ps)


@pytest.mark.slow
@pytest.mark.parametrize("name", MAKERS)
def test_a_refused_step_that_is_compiled(name: str) -> None:
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
    groups = [{"params": [near], "compiled": True}, {"params": [far]}]
    optimizer = MirrorDescent(groups, 1.0, Power(2.0), nan="skip")
    optimizer.step()
    assert near.item() == far.item() == 0.5 and optimizer.skipped == 1
    far.grad = torch.tensor([0.1])
    optimizer.step()
    assert near.item() != 0.5 != far.item()
    where, far.grad = far.item(), torch.tensor([-100.0])
    for group in optimizer.param_groups:
        group["nan"] = "raise"
    with pytest.raises(FloatingPointError, match="others have moved"):
        optimizer.step()
    assert far.item() == where


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
