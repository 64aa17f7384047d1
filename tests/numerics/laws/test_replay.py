from __future__ import annotations

import copy

import pytest

from numerics.laws import count_laws
from numerics.laws.certificates import certificate
from numerics.laws.replay import replay
from tests.numerics.laws.cases import KNOWN, of


@pytest.mark.parametrize("name", KNOWN)
def test_certificates_are_replayed_and_spoilt_ones_refused(name: str) -> None:
    g, number = KNOWN[name]
    proof = certificate(g, count_laws(g))
    assert proof is not None and proof["number"] == number
    assert replay(g.coordinates(), g.weights, proof)
    for spoilt in _spoilt(proof):
        assert not replay(g.coordinates(), g.weights, spoilt)


def _spoilt(proof: dict) -> list[dict]:
    answer = [{**proof, "number": proof["number"] + 1}, {**proof, "prime": 4}]
    if proof["words"]:
        answer.append({**proof, "words": proof["words"][:-1]})
        answer.append({**proof, "words": [*proof["words"][:-1], proof["words"][0]]} if len(proof["words"]) > 1 else
                      {**proof, "words": [[0, 0]]})  # fmt: skip
    if proof["laws"]:
        wrong = copy.deepcopy(proof)
        wrong["laws"][0][0][1] = -wrong["laws"][0][0][1] + (len(wrong["laws"][0]) == 1)
        answer.append(wrong if len(proof["laws"][0]) > 1 else {**proof, "laws": proof["laws"][1:]})
        answer.append({**proof, "laws": [proof["laws"][0]] * len(proof["laws"]), "words": proof["words"][1:]})
    return answer


def test_what_is_not_exact_has_no_certificate() -> None:
    g = of("a b", {(1, 0): 1, (0, 2): 1})
    assert certificate(g, count_laws(g)) is None
