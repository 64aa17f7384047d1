"""Claims: written as functions, built as data."""

from __future__ import annotations

import pickle
import re
from pathlib import Path

import pytest
import sympy

from theory.derivation import Derivation
from verify.claim import Draft, claim, collect, ill_posed, load_python, printed, real, unique
from verify.language.errors import LanguageError
from verify.papers import PAPERS, declared
from verify.papers import load as load_papers
from verify.quantities import MirrorPotential

FILE = '''
from verify.claim import claim, printed, real
from verify.quantities import MirrorPotential

PAPER = "notes"


@claim("example-slug", place="Lemma 2, display (7)", rests_on=["other-slug"])
def dual_potential_of_the_square():
    """The dual potential of half the square, at the gradient, is half the square again."""
    x = real("x")
    R = MirrorPotential(x**2 / 2, x)
    return printed(R.dual_at_gradient == x**2 / 2)


@claim("text", place="Lemma 3")
def square_is_not_negative():
    """A square
    is not negative."""
    return printed("x**2 > 0", given=["x real"]).corrected("x**2 >= 0", mend="weaker conclusion")
'''


def draft_of(draft: Draft) -> object:
    @claim("one", place="here")
    def written() -> Draft:
        """One claim."""
        return draft

    return written.build("paper")


def test_python_file(tmp_path: Path) -> None:
    path = tmp_path / "claims.py"
    path.write_text(FILE)
    first, second = load_python(path)
    assert (first.id, first.paper, first.place, first.rests_on) == (
        "example-slug", "notes", "Lemma 2, display (7)", ("other-slug",)
    )  # fmt: skip
    assert first.printed is not None and first.printed.text == "x real; x*diff(x**2/2, x) - x**2/2 == x**2/2"
    assert first.corrected is None and first.mend is None
    assert second.title == "A square is not negative."
    assert second.mend == "weaker conclusion"
    assert second.corrected is not None and second.corrected.domain == second.printed.domain  # type: ignore[union-attr]
    assert set(second.statements) == {"printed", "corrected"}


def test_claims_travel_between_processes(tmp_path: Path) -> None:
    path = tmp_path / "claims.py"
    path.write_text(FILE)
    claims = load_python(path)
    assert pickle.loads(pickle.dumps(claims)) == claims


def test_two_claims_of_one_name(tmp_path: Path) -> None:
    path = tmp_path / "claims.py"
    path.write_text(FILE + FILE.replace("def ", "def other_"))
    with pytest.raises(ValueError, match="two claims are called example-slug"):
        load_python(path)


def test_the_function_runs_only_when_built() -> None:
    runs = []

    @claim("lazy", place="here")
    def lazy() -> Draft:
        """Lazy."""
        runs.append(1)
        return printed("1 == 1")

    assert lazy.title == "Lazy." and runs == []
    lazy.build()
    assert runs == [1]


def test_corrected_takes_over_what_is_not_said() -> None:
    built = draft_of(
        printed("y > 0", given=["x > 0"], where={"y": "2*x"}).corrected(mend="constant", where={"y": "3*x"})
    )
    assert built.printed.text == "x real, x > 0; 2*x > 0"  # type: ignore[attr-defined]
    assert built.corrected.text == "x real, x > 0; 3*x > 0"  # type: ignore[attr-defined]


def test_what_a_statement_covers() -> None:
    built = draft_of(
        printed("x**2 >= 0", given=["x real"])
        .covering("one coordinate")
        .corrected("x**2 > 0", mend="added hypothesis", given=["x > 1"], covering="x > 1")
    )
    assert (built.scope, built.corrected_scope) == ("one coordinate", "x > 1")  # type: ignore[attr-defined]
    whole = draft_of(printed("x**2 >= 0", given=["x real"]))
    assert (whole.scope, whole.corrected_scope) == ("", "")  # type: ignore[attr-defined]
    for part in ("", "  ", "two\nlines"):
        with pytest.raises(ValueError, match="one line"):
            printed("1 == 1").covering(part)
    with pytest.raises(ValueError, match="printed"):
        ill_posed("why").covering("L = 2")


INSTANCE = re.compile(r"\bhere\b")


def test_a_claim_told_of_an_instance_names_what_it_covers() -> None:
    for paper in PAPERS:
        for c in load_papers(paper):
            if INSTANCE.search(c.title) and c.corrected is None and c.ill_posed is None:
                assert c.scope, c.id
    assert INSTANCE.search("The same, here at L = 2.") and not INSTANCE.search("There it vanishes.")


def test_values_from_the_theory_and_flows() -> None:
    s = sympy.Symbol("s", real=True)
    built = draft_of(printed("y >= 0", given=["s real"], where={"y": sympy.Abs(s) + 1}))
    assert built.printed.text == "s real; abs(s) + 1 >= 0"  # type: ignore[attr-defined]
    assert built.printed.abbreviations == (("y", "abs(s) + 1"),)  # type: ignore[attr-defined]
    moving = draft_of(printed("conserved(u**2 + v**2)", given=["u real", "v real"], flow={"u": "v", "v": "-u"}))
    assert [name for name, _ in moving.printed.flow] == ["u", "v"]  # type: ignore[attr-defined]


def test_quantities_bring_their_domains() -> None:
    x = real("x")
    built = draft_of(printed(x**2 >= x, given=[x > 1]))
    assert built.printed.text == "x real, x > 1; x**2 >= x"  # type: ignore[attr-defined]


def test_ill_posed_keeps_its_readings() -> None:
    built = draft_of(ill_posed("two domains are meant", [("line", printed("x > 0", given=["x real"]))]))
    assert built.printed is None and built.ill_posed.reason == "two domains are meant"  # type: ignore[attr-defined]
    assert list(built.statements) == ["line"]  # type: ignore[attr-defined]


def test_derivation_is_kept() -> None:
    steps = Derivation("by hand").then("nothing", "x", "x")
    assert draft_of(printed("1 == 1").derived(steps)).derivation == steps  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "write",
    [
        lambda: printed("x > ", given=["x real"]),
        lambda: printed("z > 0", given=["x real"]),
        lambda: printed("x", given=["x real"]),
        lambda: printed("y > 0", given=["x real"], where={"y": sympy.Symbol("undeclared")}),
    ],
    ids=["syntax", "unknown name", "no formula", "undeclared symbol"],
)
def test_wordings_that_cannot_be_read(write: object) -> None:
    with pytest.raises(LanguageError):
        draft_of(write())  # type: ignore[operator]


def test_misuse_is_refused() -> None:
    with pytest.raises(ValueError, match="mend must be one of"):
        printed("1 == 1").corrected("1 == 2", mend="guess")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="reason"):
        ill_posed("")
    with pytest.raises(TypeError, match="docstring"):
        claim("silent", place="here")(lambda: printed("1 == 1"))
    with pytest.raises(TypeError, match="must return"):
        draft_of("1 == 1")  # type: ignore[arg-type]


@pytest.mark.parametrize("paper", sorted(PAPERS))
def test_every_claim_of_the_papers_can_be_built(paper: str) -> None:
    functions = declared(paper)
    assert unique(functions) == functions
    for built in load_papers(paper):
        assert (built.statements or built.measurement) and built.title and built.place and built.paper == paper
        if built.corrected is not None:
            assert built.mend and built.corrected != built.printed


def test_an_unknown_paper() -> None:
    with pytest.raises(KeyError):
        declared("no-such-paper")


def test_collect_takes_the_claims_of_the_module_alone() -> None:
    import verify.claim

    assert collect(verify.claim) == []
    assert MirrorPotential is not None
