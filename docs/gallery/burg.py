"""Burg's entropy: Legendre, but its gradient stays negative, and it has no horizon function."""

import mirrorproof

report = mirrorproof.potential("-log(x)", ask=["domain", "legendre", "gradient-range", "coercivity", "degree"])
assert report["domain"].values["interval"] == "(0, oo)"
assert report["legendre"].verdict == "holds"
assert not report["gradient-range"].values["onto"]
assert report["degree"].verdict == "fails"
report.draw("burg.svg")
