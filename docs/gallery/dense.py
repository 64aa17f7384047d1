"""A smoothed cube: no constant of coercivity, and many neurons are cheaper."""

import mirrorproof

report = mirrorproof.potential("abs(x)**3/3 + x**2/2", ask=["coercivity", "degree", "bias", "within"])
assert report["coercivity"].verdict == "fails"
assert report["bias"].values["bias"] == "dense"
assert report["within-10%"].values["threshold"] == "227/100"
report.draw("dense.svg")
