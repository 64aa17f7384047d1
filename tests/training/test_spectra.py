"""Eigenvalues by products against those of the dense matrix, with residuals that bound their errors."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from training.factorize import factorize  # noqa: E402
from training.spectra import ENDS, Hessian, top_eigenvalues  # noqa: E402


@pytest.fixture
def problem() -> tuple[Hessian, torch.Tensor]:
    model = nn.Sequential(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3)).double()
    inputs, labels = torch.randn(20, 4).double(), torch.randint(0, 3, (20,))
    hessian = Hessian(model, nn.functional.cross_entropy, [(inputs[:14], labels[:14]), (inputs[14:], labels[14:])])
    names = [n for n, _ in model.named_parameters()]

    def loss(*params: torch.Tensor) -> torch.Tensor:
        outputs = torch.func.functional_call(model, dict(zip(names, params, strict=True)), (inputs,))
        return nn.functional.cross_entropy(outputs, labels)

    params = tuple(p.detach() for p in model.parameters())
    blocks = torch.autograd.functional.hessian(loss, params)
    sizes = [p.numel() for p in params]
    rows = [torch.cat([b.reshape(n, -1) for b in row], 1) for n, row in zip(sizes, blocks, strict=True)]
    return hessian, torch.cat(rows)


def ends(values: torch.Tensor, k: int, end: str) -> torch.Tensor:
    by_size = values[values.abs().argsort(descending=True)[:k]].sort().values
    both = torch.cat([values[:k], values[-k:]])
    picked = {"largest": values[-k:], "smallest": values[:k], "both": both, "size": by_size}
    return picked[end].flip(0)


def test_products_and_spectrum(problem: tuple[Hessian, torch.Tensor]) -> None:
    hessian, dense = problem
    v = torch.randn(hessian.size, dtype=torch.float64)
    torch.testing.assert_close(hessian(v), dense @ v)
    exact = torch.linalg.eigvalsh(dense)
    for end in ENDS:
        found = hessian.top(4, end=end, tolerance=1e-8)
        assert found.converged
        assert float((found.values - ends(exact, 4, end)).abs().max()) < 1e-8
        assert not torch.allclose(found.values, ends(exact * 1.001, 4, end), atol=1e-6)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("basis", [None, 12])
def test_restarts_residuals_and_vectors(end: str, basis: int | None) -> None:
    generator = torch.Generator().manual_seed(5)
    q, _ = torch.linalg.qr(torch.randn(80, 80, generator=generator, dtype=torch.float64))
    exact = torch.sort(torch.randn(80, generator=generator, dtype=torch.float64) ** 3).values
    H = q @ torch.diag(exact) @ q.T
    found = top_eigenvalues(lambda v: H @ v, 80, 3, end=end, basis=basis, tolerance=1e-8, dtype=H.dtype, vectors=True)
    assert found.converged
    torch.testing.assert_close(found.values, ends(exact, 3, end), rtol=0, atol=1e-6)
    V = found.vectors
    torch.testing.assert_close(V @ V.T, torch.eye(len(V), dtype=H.dtype), rtol=0, atol=1e-10)
    expected = torch.linalg.vector_norm(V @ H - found.values[:, None] * V, dim=1)
    torch.testing.assert_close(found.residuals, expected, rtol=1e-3, atol=1e-13)
    for value, residual in zip(found.values, found.residuals, strict=True):
        assert float((exact - value).abs().min()) <= float(residual) + 1e-13


class Words(nn.Module):
    """Three of nine words occur, and one unit of the layer is off for all of them."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.inner, self.outer = nn.Embedding(9, 3), nn.Linear(3, 4), nn.Linear(4, 2)
        with torch.no_grad():
            self.inner.bias[1] = -100

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.outer(torch.relu(self.inner(torch.tanh(self.words(ids).mean(1)))))


@pytest.mark.parametrize("end", ENDS)
def test_the_support_has_the_spectrum_of_the_whole(end: str) -> None:
    torch.manual_seed(3)
    model = Words().double()
    ids, labels = torch.tensor([[2, 5], [5, 7], [7, 7], [2, 2]]), torch.tensor([0, 1, 1, 0])
    hessian = Hessian(model, nn.functional.cross_entropy, [(ids, labels)])
    dense = torch.stack([hessian(e) for e in torch.eye(hessian.size, dtype=torch.float64)])
    rows = hessian.support()
    met = (dense != 0).any(1)
    assert rows.tolist() == met.nonzero()[:, 0].tolist() and len(rows) <= 9 + 12 + 8 < hessian.size
    words = [k for k in rows.tolist() if k < 27]
    assert {k // 3 for k in words} == {2, 5, 7}
    exact = torch.linalg.eigvalsh(dense)
    for k in (3, 18):  # the second is more than there are other than zero at one end
        if end == "both" and k == 18:
            k = 15
        found = hessian.top(k, end=end, tolerance=1e-9, vectors=True)
        assert found.converged
        torch.testing.assert_close(found.values, ends(exact, k, end), rtol=0, atol=1e-8)
        V = found.vectors
        torch.testing.assert_close(V @ V.T, torch.eye(len(V), dtype=V.dtype), rtol=0, atol=1e-8)
        expected = torch.linalg.vector_norm(V @ dense - found.values[:, None] * V, dim=1)
        torch.testing.assert_close(found.residuals, expected, rtol=1e-3, atol=1e-13)
    # a row left out wrongly: the eigenvalues are others, and the residuals of whole products say so
    heaviest = rows[dense[rows].norm(dim=1).argmax()]
    wrong = hessian.top(3, end="size", tolerance=1e-9, support=rows[rows != heaviest])
    assert not wrong.converged and float(wrong.residuals.max()) > 1e-3
    assert not torch.allclose(wrong.values, ends(exact, 3, "size"), atol=1e-4)
    with pytest.raises(ValueError, match="needs no products"):
        hessian.top(1, support=rows[:0])


def test_multiple_and_vanishing_eigenvalues() -> None:
    exact = torch.cat([torch.tensor([5.0, 5.0, 5.0, 4.0, 4.0, 3.0]), torch.zeros(30)]).double()
    found = top_eigenvalues(lambda v: exact * v, 36, 7, tolerance=1e-9, dtype=exact.dtype, probe=True)
    torch.testing.assert_close(found.values, exact[:7], rtol=0, atol=1e-8)
    assert found.products <= 60
    everything = top_eigenvalues(lambda v: exact * v, 36, 36, dtype=exact.dtype)
    torch.testing.assert_close(everything.values, exact, rtol=0, atol=1e-8)


def test_what_has_not_converged_says_so() -> None:
    exact = torch.linspace(0, 1, 400, dtype=torch.float64)
    found = top_eigenvalues(lambda v: exact * v, 400, 5, tolerance=1e-10, most=12, dtype=exact.dtype)
    assert not found.converged
    assert float(found.residuals.max()) > 1e-6


def test_refusals() -> None:
    for options, message in (
        ({"k": 0}, "can be asked for"),
        ({"k": 9}, "can be asked for"),
        ({"k": 2, "end": "middle"}, "end must be"),
        ({"k": 2, "basis": 2}, "the basis must"),
    ):
        with pytest.raises(ValueError, match=message):
            top_eigenvalues(lambda v: v, 8, **options)
    with pytest.raises(FloatingPointError, match="not finite"):
        top_eigenvalues(lambda v: v * float("nan"), 8, 2)
    for moody in (nn.BatchNorm1d(4), nn.Dropout(0.1)):
        model = nn.Sequential(nn.Linear(4, 4), moody)
        data = [(torch.randn(6, 4), torch.randint(0, 4, (6,)))]
        with pytest.raises(ValueError, match="eval mode"):
            Hessian(model, nn.functional.cross_entropy, data)
        assert Hessian(model.eval(), nn.functional.cross_entropy, data).size >= 20
        with pytest.raises(ValueError, match="at least one batch"):
            Hessian(model, nn.functional.cross_entropy, [])


@pytest.mark.slow
def test_compiled_products() -> None:
    """Of one model after another, of other shapes, and of a loss that torch does not derive forwards."""
    labels, targets = torch.randint(0, 3, (20,)), torch.randn(20, 3)
    for width, loss, wanted in ((5, nn.CrossEntropyLoss(), labels), (6, nn.MSELoss(), targets)):
        model = nn.Sequential(nn.Linear(4, width), nn.Tanh(), nn.Linear(width, 3))
        data = [(torch.randn(20, 4), wanted)]
        plain, fused = Hessian(model, loss, data), Hessian(model, loss, data, compiled=True)
        v = torch.randn(plain.size)
        torch.testing.assert_close(fused(v), plain(v), rtol=1e-4, atol=1e-6)
        assert not torch.allclose(fused(1.01 * v), plain(v), rtol=1e-4)
        torch.testing.assert_close(fused.top(1).values, plain.top(1).values, rtol=1e-4, atol=0)


@pytest.mark.slow
def test_every_model_is_compiled_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    compile_, graphs = torch.compile, []

    def backend(graph: torch.fx.GraphModule, inputs: object) -> torch.fx.GraphModule:
        graphs.append(graph)
        return graph

    monkeypatch.setattr(torch, "compile", lambda f, **kinds: compile_(f, backend=backend, **kinds))
    for width in (1, 2, 3):
        model, data = nn.Linear(width, 2), [(torch.ones(3, width), torch.zeros(3, 2))]
        hessian = Hessian(model, nn.functional.mse_loss, data, compiled=True)
        v = torch.ones(hessian.size)
        expected = Hessian(model, nn.functional.mse_loss, data)(v)
        with torch._dynamo.config.patch(recompile_limit=1):  # of one function
            torch.testing.assert_close(hessian(v), expected)
            with torch.no_grad():
                torch.testing.assert_close(hessian(v), expected)
        assert len(graphs) == width


def test_kept_slopes_give_the_same_products(problem: tuple[Hessian, torch.Tensor]) -> None:
    """Also where the parameters have changed, where one is not used or its slope is constant, and with attention."""

    class Odd(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.attention = nn.MultiheadAttention(4, 2, batch_first=True)
            self.unused, self.shift = nn.Parameter(torch.ones(2)), nn.Parameter(torch.zeros(()))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = nn.functional.scaled_dot_product_attention(x, x, self.attention(x, x, x, need_weights=False)[0])
            return y.mean((1, 2)) + self.shift

    model, inputs, targets = Odd().double(), torch.randn(6, 3, 4).double(), torch.randn(6).double()

    def differences(v: torch.Tensor, step: float = 1e-5) -> torch.Tensor:
        ps = list(model.parameters())
        pieces = [t.view_as(p) for t, p in zip(v.split([p.numel() for p in ps]), ps, strict=True)]
        slopes = []
        for shift in (step, -2 * step):
            with torch.no_grad():
                torch._foreach_add_(ps, pieces, alpha=shift)
            value = nn.functional.mse_loss(model(inputs), targets)
            found = torch.autograd.grad(value, ps, allow_unused=True, materialize_grads=True)
            slopes.append(torch.cat([g.reshape(-1) for g in found]))
        with torch.no_grad():
            torch._foreach_add_(ps, pieces, alpha=step)
        return (slopes[0] - slopes[1]) / (2 * step)

    hessian = Hessian(model, nn.functional.mse_loss, [(inputs, targets)])
    v = torch.randn(hessian.size, dtype=torch.float64)
    before = hessian(v)
    torch.testing.assert_close(before, differences(v), rtol=1e-6, atol=1e-8)
    with torch.no_grad():
        model.attention.out_proj.weight.mul_(1.5)
    torch.testing.assert_close(hessian(v), differences(v), rtol=1e-6, atol=1e-8)
    assert not torch.allclose(before, hessian(v))
    flat = nn.Linear(2, 1, bias=False)
    hessian = Hessian(flat, lambda outputs, _: outputs.mean(), [(torch.ones(3, 2), torch.ones(3))])
    assert hessian(torch.ones(2)).tolist() == [0, 0]
    kept = problem[0]
    kept._keep = True  # over two batches
    v = torch.randn(kept.size, dtype=torch.float64)
    torch.testing.assert_close(kept(v), problem[1] @ v)


def test_factorised_weights_have_one_spectrum_with_and_without_what_is_kept() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)).double()
    factorize(model, 3)
    data = [(torch.randn(6, 3).double(), torch.randint(0, 2, (6,)))]
    kept, plain = (Hessian(model, nn.functional.cross_entropy, data, keep=keep) for keep in (True, False))
    v = torch.randn(kept.size, dtype=torch.float64)
    torch.testing.assert_close(kept(v), plain(v))
    assert not torch.allclose(kept(v), plain(1.01 * v))


@pytest.mark.parametrize("keep", [True, False])
def test_parameters_that_were_changed_behind_the_graph_are_noticed(keep: bool) -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    data = [(torch.randn(6, 3), torch.randint(0, 2, (6,)))]
    hessian = Hessian(model, nn.functional.cross_entropy, data, keep=keep)
    v = torch.randn(hessian.size)
    for change in (lambda w: w.data.mul_(2), lambda w: setattr(w, "data", 3 * w.data)):
        before = hessian(v)
        change(model[0].weight)
        torch.testing.assert_close(hessian(v), Hessian(model, nn.functional.cross_entropy, data)(v))
        assert not torch.allclose(hessian(v), before)


@pytest.mark.parametrize(
    "moody",
    [nn.MultiheadAttention(4, 2, dropout=0.1), nn.LSTM(4, 4, 2, dropout=0.1), nn.RReLU(), nn.Dropout(0.1),
     nn.BatchNorm1d(4)],
)  # fmt: skip
def test_layers_that_draw_random_numbers_are_refused_in_training(moody: nn.Module) -> None:
    model, data = nn.Sequential(nn.Linear(4, 4), moody), [(torch.ones(2, 4), torch.zeros(2))]
    with pytest.raises(ValueError, match="eval mode: 1 depends"):
        Hessian(model, nn.functional.mse_loss, data)
    Hessian(model.eval(), nn.functional.mse_loss, data)
    calm = nn.Sequential(nn.Linear(4, 4), nn.MultiheadAttention(4, 2), nn.LSTM(4, 4), nn.Dropout(0.0))
    Hessian(calm, nn.functional.mse_loss, data)


@pytest.mark.parametrize("loss", [nn.MSELoss(), nn.HuberLoss(), nn.SoftMarginLoss()])
def test_losses_whose_slopes_torch_does_not_derive_forwards(loss: nn.Module) -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1)).double()
    inputs, targets = torch.randn(6, 3).double(), torch.randn(6, 1).double().sign()
    halves = Hessian(model, loss, [(inputs[:4], targets[:4]), (inputs[4:], targets[4:])])
    v = torch.randn(halves.size, dtype=torch.float64)
    torch.testing.assert_close(halves(v), Hessian(model, loss, [(inputs, targets)])(v))
    assert not torch.allclose(halves(v), Hessian(model, loss, [(inputs[:4], targets[:4])])(v))


@pytest.mark.parametrize("keep", [True, False])
def test_a_loss_of_every_sample_and_a_broken_count_are_refused(keep: bool) -> None:
    data = [(torch.ones(2, 4), torch.zeros(2, 1))]
    with pytest.raises(ValueError, match=r"mean over the batch, not of shape \(2, 1\)"):
        Hessian(nn.Linear(4, 1), nn.MSELoss(reduction="none"), data, keep=keep).top(1)
    with pytest.raises(TypeError, match="integer"):
        Hessian(nn.Linear(4, 1), nn.MSELoss(), data, keep=keep).top(2.0)
