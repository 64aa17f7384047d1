"""Mirror descent against NumPy in double precision, its two forms, its state, and what it refuses."""

from __future__ import annotations

import copy
import json
import pickle

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tests.training.optim.cases import MAPS, x  # noqa: E402
from theory.potentials import MirrorPotential  # noqa: E402
from training.optim import (  # noqa: E402
    Derived,
    HomogeneousByWidth,
    HyperbolicByWidth,
    HyperbolicEntropy,
    MirrorDescent,
    Power,
    Quadratic,
    SmoothedHomogeneous,
    SteepestDescent,
)

SHAPES = ((6, 4), (3, 2, 2), (5,), ())


def parameters(dtype: torch.dtype = torch.float64) -> list[torch.nn.Parameter]:
    generator = torch.Generator().manual_seed(11)
    found = [torch.nn.Parameter(torch.randn(s, generator=generator, dtype=torch.float64).to(dtype)) for s in SHAPES]
    for p in found:
        p.grad = torch.randn(p.shape, generator=generator, dtype=torch.float64).to(dtype)
    return found


def reference(w: np.ndarray, g: np.ndarray, lam: float, q: float, form: str, coupled: float, decoupled: float):
    """A step of rate 0.1 under 1/R'' = sqrt(x^2 + lam)."""
    u = g + coupled * w
    d = np.sign(u) * np.abs(u) ** (q - 1)
    w = w * (1 - 0.1 * decoupled)
    if form == "metric":
        return w - 0.1 * d * np.sqrt(w**2 + lam)
    return np.sqrt(lam) * np.sinh(np.arcsinh(w / np.sqrt(lam)) - 0.1 * d)


@pytest.mark.parametrize("form", ["dual", "metric"])
@pytest.mark.parametrize("foreach", [None, False])
@pytest.mark.parametrize("q", [1.0, 1.5, 2.0])
def test_against_numpy(form: str, foreach: bool | None, q: float) -> None:
    for coupled, decoupled in ((0.0, 0.0), (0.3, 0.2)):
        ps = parameters()
        arrays = [(p.detach().numpy().copy(), p.grad.numpy()) for p in ps]
        options = {"coupled": coupled, "decoupled": decoupled, "form": form, "q": q}
        MirrorDescent(ps, 0.1, HyperbolicEntropy(0.2), foreach=foreach, **options).step()
        for p, (w, g) in zip(ps, arrays, strict=True):
            found = p.detach().numpy()
            np.testing.assert_allclose(found, reference(w, g, 0.2, **options), rtol=1e-12, atol=1e-14)
            assert not np.allclose(found, reference(w, g, 0.21, **options), rtol=1e-5)
            other = {**options, "form": "metric" if form == "dual" else "dual"}
            assert not np.allclose(found, reference(w, g, 0.2, **other), rtol=1e-7)


@pytest.mark.parametrize("potential", [HyperbolicByWidth(0.1), HomogeneousByWidth(10, 0.1), Power.norm(1.5)])
def test_joined_tensors_move_as_alone(potential: object) -> None:
    together, alone = parameters(), parameters()
    MirrorDescent(together, 0.1, potential).step()
    MirrorDescent(alone, 0.1, potential, foreach=False).step()
    for a, b in zip(together, alone, strict=True):
        torch.testing.assert_close(a, b, rtol=1e-13, atol=1e-14)


def test_the_square_is_gradient_descent() -> None:
    for form in ("dual", "metric"):
        ours, theirs = parameters(), parameters()
        MirrorDescent(ours, 0.1, Quadratic(), form=form, decoupled=0.3).step()
        SteepestDescent(theirs, 0.1, decoupled=0.3).step()
        for a, b in zip(ours, theirs, strict=True):
            torch.testing.assert_close(a, b, rtol=1e-15, atol=1e-15)


def test_groups_with_potentials_of_their_own_and_their_state() -> None:
    def built(ps: list[torch.nn.Parameter], lam: float = 0.2) -> MirrorDescent:
        second = {"params": ps[1:], "potential": SmoothedHomogeneous(3, lam), "lr": 0.01}
        return MirrorDescent([{"params": ps[:1]}, second], 0.1, HyperbolicEntropy(lam))

    ps = parameters()
    optimizer = built(ps)
    optimizer.step()
    saved = json.loads(json.dumps(optimizer.state_dict()))  # plain data: no pickle is needed
    twin = [torch.nn.Parameter(p.detach().clone()) for p in ps]
    for p, t in zip(ps, twin, strict=True):
        t.grad = p.grad.clone()
    other = built(twin)
    other.param_groups[0]["lr"] = 5.0
    other.load_state_dict(saved)
    for o in (optimizer, other):
        o.step()
    assert all(torch.equal(a, b) for a, b in zip(ps, twin, strict=True))
    with pytest.raises(ValueError, match="the state was saved with"):
        built(twin, 0.3).load_state_dict(saved)
    again = copy.deepcopy(optimizer)
    again.step()
    assert all(torch.equal(p, t) for p, t in zip(ps, twin, strict=True))


def test_a_pickled_optimizer_goes_on() -> None:
    chosen = Derived(MirrorPotential(x**2 / 2 + x**4 / 4, x))
    for own in (chosen, HyperbolicEntropy(0.2)):
        optimizer = MirrorDescent(parameters(), 0.1, own)
        again = pickle.loads(pickle.dumps(optimizer))
        ps, twins = (o.param_groups[0]["params"] for o in (optimizer, again))
        for p, twin in zip(ps, twins, strict=True):
            p.grad = twin.grad = torch.ones_like(p)
        before = [p.detach().clone() for p in ps]
        for o in (optimizer, again):
            o.step()
        assert all(torch.equal(p, twin) for p, twin in zip(ps, twins, strict=True))
        assert not any(torch.equal(p, b) for p, b in zip(ps, before, strict=True))


def test_leaving_the_range_changes_nothing() -> None:
    p = torch.nn.Parameter(torch.tensor([1.0, -1.0]))
    p.grad = torch.tensor([-100.0, 0.0])
    for potential in (Power.balanced(3), Derived(*MAPS["three balanced layers"][1:])):
        with pytest.raises(FloatingPointError, match="no parameter was changed"):
            MirrorDescent([p], 0.1, potential).step()
        lenient = MirrorDescent([p], 0.1, potential, nan="skip")
        lenient.step()
        assert lenient.skipped == 1
        assert p.tolist() == [1.0, -1.0]


def test_refusals() -> None:
    ps = parameters()
    for options, message in (
        ({"form": "both"}, "form must be one of"),
        ({"q": 2.5}, "q must lie in"),
        ({"coupled": -1.0}, "coupled must lie in"),
        ({"lr": -1.0}, "lr must lie in"),
    ):
        with pytest.raises(ValueError, match=message) as refused:
            MirrorDescent(ps, **{"lr": 0.1, "potential": Quadratic(), **options})
        assert "\n" not in str(refused.value)
    with pytest.raises(TypeError, match="no mirror map"):
        MirrorDescent(ps, 0.1, "x**2")
    with pytest.raises(TypeError, match="HyperbolicEntropy is no mirror map"):
        MirrorDescent(ps, 0.1, HyperbolicEntropy)
    with pytest.raises(TypeError, match="complex"):
        MirrorDescent([torch.nn.Parameter(torch.zeros(1, dtype=torch.complex64))], 0.1, Quadratic())
    with pytest.raises(ValueError, match="metric form"):
        MirrorDescent(ps, 0.1, Power.norm(3), form="metric")


@pytest.mark.parametrize("potential", [HyperbolicEntropy(0.2), Power.norm(1.5)])
def test_traced_steps_are_those_of_the_loop(potential: object, monkeypatch: pytest.MonkeyPatch) -> None:
    compile_ = torch.compile
    monkeypatch.setattr(torch, "compile", lambda f, **kinds: compile_(f, backend="eager", fullgraph=True))
    plain, traced = parameters()[:2], parameters()[:2]
    for _ in range(2):
        MirrorDescent(plain, 0.1, potential).step()
        MirrorDescent(traced, 0.1, potential, compiled=True).step()
    for s, t in zip(plain, traced, strict=True):
        torch.testing.assert_close(s, t, rtol=1e-12, atol=1e-14)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["entropy", "p = 10, smoothed", "two balanced layers"])
def test_compiled_steps(name: str) -> None:
    closed, potential, values = MAPS[name]
    for chosen in (closed, Derived(potential, values)):
        plain, fused = parameters(torch.float32), parameters(torch.float32)
        for ps, compiled in ((plain, False), (fused, True)):
            optimizer = MirrorDescent(ps, 0.1, chosen, compiled=compiled)
            for _ in range(3):
                optimizer.step()
        for s, t in zip(plain, fused, strict=True):
            torch.testing.assert_close(s, t, rtol=1e-4, atol=1e-5)
