"""Powers in a product: another law, and one factor alone leaves every point of a line critical."""

import mirrorproof

report = mirrorproof.reparam("w1**2*w2")
assert report["number"].values["independent"] == ["w1**2 - 2*w2**2"]
assert report["saddles"].verdict == "holds"
report.draw("uneven.svg")
