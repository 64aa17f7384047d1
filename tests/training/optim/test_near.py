"""Steps by few operations: right wherever they say so, taken again by the whole way where they do not."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from tests.training.optim.cases import MAPS, points  # noqa: E402
from training.optim import (  # noqa: E402
    Derived,
    HyperbolicEntropy,
    MirrorDescent,
    SmoothedHomogeneous,
    SteepestDescent,
    fused,
)

Tensor = torch.Tensor


def gap(found: Tensor, true: Tensor, at: Tensor, good: Tensor | None) -> float:
    """The worst relative difference among the good entries that are numbers."""
    kept = ~torch.isnan(true) if good is None else good & ~torch.isnan(true)
    size = at.abs() + true.abs() + 1e-6
    return float(((found - true).abs() / size)[kept].max())


@pytest.mark.parametrize("name", MAPS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_near_is_displaced_where_it_is_good(name: str, dtype: torch.dtype) -> None:
    chosen, potential, values = MAPS[name]
    at, steps = points(dtype)
    for one in (chosen, Derived(potential, values)):
        for scale in (1.0, 1e-3):
            d = steps * scale
            new, good = one.near(at, d)
            true = one.displaced(at, d)
            if good is not None and good.ndim == 0:
                good = good.expand_as(at)
            if good is not None and not bool(good.any()):
                assert scale == 1.0  # steps as small as those of training must not need the whole way
                continue
            assert gap(new, true, at, good) < 2000 * torch.finfo(dtype).eps
            assert gap(one.near(at, 1.01 * d)[0], true, at, good) > 1e-6


def test_what_is_too_far_says_so() -> None:
    at = torch.tensor([0.5, -0.02])
    for chosen, d in ((HyperbolicEntropy(0.01), 1.5), (SmoothedHomogeneous(10, 1e-6), 5.0)):
        far = torch.tensor([0.0, d])
        good = chosen.near(at, far)[1]
        assert good is not None and not bool(good.all())
        p = torch.nn.Parameter(at.clone())
        p.grad = far
        MirrorDescent([p], 1.0, chosen).step()
        torch.testing.assert_close(p.detach(), chosen.displaced(at, far))
        assert bool(chosen.near(at, far / 1e4)[1].all())


def test_what_overflows_is_not_good() -> None:
    at, far = torch.zeros(2), torch.tensor([1e4, 1e-3])
    chosen = SmoothedHomogeneous(10, 0.1)
    new, good = chosen.near(at, far)
    assert good.tolist() == [False, True]
    assert abs(float(new[0] / chosen.displaced(at, far)[0])) > 1000


class Forged(HyperbolicEntropy):
    """Calls every entry good, however far it goes."""

    def near(self, x: Tensor, d: Tensor) -> tuple[Tensor, Tensor | None]:
        return super().near(x, d)[0], None


def test_a_forged_word_is_noticed() -> None:
    at, far = torch.tensor([3.0]), torch.tensor([40.0])
    assert gap(Forged(1e-4).near(at, far)[0], Forged(1e-4).displaced(at, far), at, None) > 1e-3


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Kernels are compiled by torch's tracer alone; the list grows by one entry for each graph."""
    graphs: list[int] = []
    compile_ = torch.compile

    def backend(graph: torch.fx.GraphModule, inputs: object) -> torch.fx.GraphModule:
        graphs.append(len(graph.graph.nodes))
        return graph

    monkeypatch.setattr(fused, "compiled", lambda run, arguments: compile_(run, backend=backend, fullgraph=True))
    return graphs


def test_one_kernel_for_all_rates(monkeypatch: pytest.MonkeyPatch) -> None:
    graphs = counted(monkeypatch)
    generator = torch.Generator().manual_seed(3)
    plain = [torch.nn.Parameter(torch.randn(s, generator=generator)) for s in ((4, 3, 2, 2), (5,))]
    fused = [torch.nn.Parameter(p.detach().clone()) for p in plain]
    optimizers = [MirrorDescent(plain, 0.1, HyperbolicEntropy(0.1)),
                  MirrorDescent(fused, 0.1, HyperbolicEntropy(0.1), compiled=True)]  # fmt: skip
    for k, rate in enumerate((0.1, 0.05, 2.0, 1e-3)):  # the third is too far for the kernel
        for p, q in zip(plain, fused, strict=True):
            p.grad = torch.randn(p.shape, generator=generator)
            q.grad = p.grad.clone()
        for optimizer in optimizers:
            optimizer.param_groups[0]["lr"] = rate
            optimizer.step()
        for p, q in zip(plain, fused, strict=True):
            torch.testing.assert_close(p, q, rtol=1e-5, atol=1e-6)
        assert len(graphs) == 1, k
    fused[0].grad = fused[0].grad.to(memory_format=torch.channels_last)  # laid out otherwise: a kernel of its own
    optimizers[1].step()
    assert len(graphs) == 2


def test_kernels_do_not_take_each_other_s_place(monkeypatch: pytest.MonkeyPatch) -> None:
    graphs = counted(monkeypatch)
    for q in (1.0, 2.0):
        p = torch.nn.Parameter(torch.tensor([1.0, 1.0]))
        p.grad = torch.tensor([0.5, -0.25])
        SteepestDescent([p], 1.0, q, compiled=True).step()
        assert p.tolist() == ([0.0, 2.0] if q == 1 else [0.5, 1.25])
    assert len(graphs) == 2
