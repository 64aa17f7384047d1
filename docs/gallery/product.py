"""A product of two weights: one law, and gradient flow of it is the mirror flow of the hyperbolic entropy."""

import mirrorproof

report = mirrorproof.reparam("w1*w2")
assert report["number"].values["independent"] == ["w1**2 - w2**2"]
assert report["mirror-flow"].verdict == "holds"
print(report["potential"].answer)
report.draw("product.svg")
