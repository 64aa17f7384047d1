"""Gradient descent, the entropy and a cube side by side."""

import mirrorproof

found = mirrorproof.compare(
    "x**2/2", "x*asinh(x) - sqrt(x**2 + 1)", "abs(x)**3/3 + x**2/2", ask=["degree", "metric-exponent"]
)
assert [r["degree"].values["alpha"] for r in found] == ["2", "1", "3"]
assert found.table["metric-exponent"][1].values["exponent"] == "1"
found.draw("three_maps.svg")
