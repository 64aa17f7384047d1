"""The hyperbolic entropy: a quadratic near 0, the absolute value far out, so that few neurons are cheaper."""

import mirrorproof

report = mirrorproof.potential(
    "x*asinh(x/sqrt(lam)) - sqrt(x**2 + lam)", given=["lam > 0"], ask=["coercivity", "degree", "bias"]
)
assert report["coercivity"].values["constant"] == "sqrt(lam)"
assert report["bias"].values["bias"] == "sparse"
report.draw("entropy.svg")
