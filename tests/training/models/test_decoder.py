"""The decoder sees no future, turns with relative positions, shares keys by groups, and learns."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

from training.attention import query_key_changes  # noqa: E402
from training.models.decoder import Decoder, Sizes, _turned, _turns  # noqa: E402

SIZES = Sizes(symbols=11, width=16, layers=2, heads=4, key_heads=2)


def symbols(count: int = 3, length: int = 8, seed: int = 1) -> torch.Tensor:
    return torch.randint(0, 11, (count, length), generator=torch.Generator().manual_seed(seed))


def stirred(sizes: Sizes = SIZES) -> Decoder:
    model = Decoder(sizes, seed=2)
    with torch.no_grad():
        for p in model.parameters():
            p.mul_(8 if p.ndim > 1 else 1)
    return model


def test_no_future() -> None:
    model, given = stirred(), symbols()
    changed = given.clone()
    changed[:, 5] = (changed[:, 5] + 1) % 11
    before, after = model(given), model(changed)
    torch.testing.assert_close(after[:, :5], before[:, :5])
    assert not torch.allclose(after[:, 5:], before[:, 5:], atol=1e-3)
    assert not torch.allclose(after[:, 7], before[:, 7], atol=1e-4)  # the past is seen


def test_turned_products_depend_on_the_distance() -> None:
    q, k = torch.randn(2, 6, generator=torch.Generator().manual_seed(1)).double()
    turns = _turns(9, 6, q)
    rows = [_turned(x.expand(9, 6), turns) for x in (q, k)]
    scores = rows[0] @ rows[1].T
    torch.testing.assert_close(scores[7, 4], scores[3, 0])
    torch.testing.assert_close(scores[0, 0], q @ k)
    assert abs(float(scores[7, 4] - scores[7, 3])) > 1e-3


def test_a_key_is_shared_by_its_group() -> None:
    """Repeating each key and value head for its group gives the decoder of as many key heads as heads."""
    shared = stirred()
    single = Decoder(Sizes(11, 16, 2, 4, 4))
    state = {}
    for name, t in shared.state_dict().items():
        narrow = name.endswith(("k_proj.weight", "v_proj.weight"))
        state[name] = t.reshape(2, 1, 4, 16).expand(2, 2, 4, 16).reshape(16, 16) if narrow else t
    single.load_state_dict(state)
    torch.testing.assert_close(single(symbols()), shared(symbols()))
    for name, t in shared.state_dict().items():
        if name.endswith("k_proj.weight"):  # heads in turn, not in groups
            state[name] = t.reshape(1, 2, 4, 16).expand(2, 2, 4, 16).reshape(16, 16)
    single.load_state_dict(state)
    assert not torch.allclose(single(symbols()), shared(symbols()), atol=1e-3)


def test_it_learns_and_its_matrices_are_found() -> None:
    model = Decoder(SIZES, seed=1)
    assert torch.equal(model(symbols()), Decoder(SIZES, seed=1)(symbols()))
    assert not torch.equal(model(symbols()), Decoder(SIZES, seed=2)(symbols()))
    before = {n: p.detach().clone() for n, p in model.named_parameters()}
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    rows = (torch.arange(12)[None] + torch.arange(4)[:, None]) % 11
    for _ in range(40):
        loss = nn.functional.cross_entropy(model(rows[:, :-1]).flatten(0, 1), rows[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert float(loss.detach()) < 0.5
    changes = query_key_changes(before, dict(model.named_parameters()))
    assert [n.sizes for n in changes.layers] == [(256, 128)] * 2
    assert changes.means()["flipped_q"] > 0


@pytest.mark.parametrize("bad", [{"width": 18}, {"heads": 3}, {"key_heads": 3}, {"layers": 0}])
def test_sizes_that_do_not_fit(bad: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"cannot have|at least 1"):
        Sizes(**{"width": 16, **bad})
