"""Gradient descent, the entropy and the geometry of sign descent with two factors side by side."""

import mirrorproof

found = mirrorproof.compare(
    "x**2/2", "x*asinh(x) - sqrt(x**2 + 1)", "steepest q=1 L=2", ask=["degree", "metric-exponent"]
)
assert [r["degree"].values["alpha"] for r in found] == ["2", "1", "3/2"]
assert found.table["metric-exponent"][1].values["exponent"] == "1"
found.draw("three_maps.svg")
