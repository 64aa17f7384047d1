"""A claims file becomes statements, or one line that says what to mend and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.language.claims_file import ClaimsFile, ClaimsFileError, load_toml

GOOD = """
[paper]
id = "mirror-flow"
title = "A title: with \u00e9"

[[claim]]
id = "hyperbolic-dual"
ref = "Table 1, row 1"
given = ["x real", "lam > 0"]
where = { S = "sqrt(x**2 + lam)", R = "x*asinh(x/sqrt(lam)) - S" }
claim = "x*diff(R, x) - R == S"

[[claim]]
id = "balance"
given = ["w1 real", "g real", "a >= 0", "1 < q <= 2"]
flow = { w1 = "-spow(g*w2, q - 1) - a*w1", w2 = "-spow(g*w1, q - 1) - a*w2" }
claim = '''
ddt(abs(w1)**q - abs(w2)**q)
  == -q*a*(abs(w1)**q - abs(w2)**q)
'''

[[claim]]
id = "third"
where = { R = "x**2" }
claim = "integrate(R, (x, 0, 1)) == 1/3"

[[claim]]
id = "hyperbola"
claim = "asymptotic(sinh(t), exp(t)/2, t, oo)"
"""


def stated(**fields: str) -> str:
    lines = {"id": '"a"', "given": '["x real"]', "claim": '"x > 0"'} | fields
    return "[[claim]]\n" + "\n".join(f"{key} = {value}" for key, value in lines.items() if value)


@pytest.fixture
def good() -> ClaimsFile:
    return load_toml(GOOD.encode(), name="good.toml")


def test_a_file_is_its_claims_in_order(good: ClaimsFile) -> None:
    assert (good.paper_id, good.title) == ("mirror-flow", "A title: with é")
    assert [claim.id for claim in good.claims] == ["hyperbolic-dual", "balance", "third", "hyperbola"]
    assert good.claims[0].ref == "Table 1, row 1"


def test_abbreviations_are_written_out_and_shown(good: ClaimsFile) -> None:
    statement = good.claims[0].statement
    assert statement.conclusion.free == {"x", "lam"}
    assert str(statement.conclusion.args[1]) == "sqrt(x**2 + lam)"
    assert statement.shown == "x*diff(R, x) - R == S"
    assert statement.abbreviations == (("S", "sqrt(x**2 + lam)"), ("R", "x*asinh(x/sqrt(lam)) - S"))


def test_the_variables_of_a_flow_are_real(good: ClaimsFile) -> None:
    statement = good.claims[1].statement
    assert ("w2", "real") in statement.domain.variables
    assert [name for name, _ in statement.flow] == ["w1", "w2"]
    assert statement.shown == "ddt(abs(w1)**q - abs(w2)**q) == -q*a*(abs(w1)**q - abs(w2)**q)"


def test_an_abbreviation_under_a_binder_means_the_bound_name(good: ClaimsFile) -> None:
    assert good.claims[2].statement.domain.variables == ()


def test_the_variable_of_an_order_relation_is_real(good: ClaimsFile) -> None:
    assert good.claims[3].statement.domain.variables == (("t", "real"),)


def test_without_a_paper_the_file_names_it() -> None:
    assert load_toml(stated().encode(), name="lemmas.toml").paper_id == "lemmas"


def test_a_file_is_read_from_its_path(tmp_path: Path, good: ClaimsFile) -> None:
    path = tmp_path / "good.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert load_toml(path) == load_toml(str(path)) == good


MESSAGES = {
    "unknown name": (stated(claim='"x + lamm > 0"'), "f.toml: claim a: claim, column 5: unknown name 'lamm'; declare"),
    "unknown field": (stated(wher='{ R = "x" }'), "f.toml: claim a: unknown field 'wher'; did you mean 'where'?"),
    "unknown table": (stated() + "\n[papers]", "f.toml: unknown field 'papers'; did you mean 'paper'?"),
    "unknown paper field": ('[paper]\nid = "p"\nname = "x"', "f.toml: unknown field 'name' in [paper]"),
    "no paper id": ('[paper]\ntitle = "p"', "f.toml: paper.id: is missing; add"),
    "paper is a text": ('paper = "p"', "f.toml: paper: must be a table"),
    "title is a number": ('[paper]\nid = "p"\ntitle = 1', "f.toml: paper.title: must be a text"),
    "no id": (stated(id=""), "f.toml: claim number 1: id: is missing; add"),
    "no claim": (stated(claim=""), "f.toml: claim a: claim: is missing; add"),
    "claim is a number": (stated(claim="1"), "f.toml: claim a: claim: must be a text"),
    "id is a number": (stated(id="1"), "f.toml: claim number 1: id: must be a text"),
    "ref is a list": (stated(ref="[]"), "f.toml: claim a: ref: must be a text"),
    "ref steers a terminal": (stated(ref='"L\\u001b[31m"'), "f.toml: claim a: ref: '\\x1b' is a character that is not"),
    "ref turns round": (stated(ref='"L \\u202e1"'), "f.toml: claim a: ref: '\\u202e' is a character that is not"),
    "title rings": ('[paper]\nid = "p"\ntitle = "a\\u0007"', "f.toml: paper.title: '\\x07' is a character that is not"),
    "one bracket": ('[claim]\nid = "a"', "f.toml: claim: must be a list of tables; write [[claim]]"),
    "given is a text": (stated(given='"x real"'), "f.toml: claim a: given: must be a list of texts"),
    "given holds a number": (stated(given='["x real", 1]'), "f.toml: claim a: given: must be a list of texts"),
    "given is wrong": (stated(given='["x real", "y rael"]'), "f.toml: claim a: given[2], column 3: 'rael' is not"),
    "where is a list": (stated(where="[]"), "f.toml: claim a: where: must be a table"),
    "where holds a number": (stated(where="{ R = 1 }"), "f.toml: claim a: where.R: must be a text"),
    "where is a variable": (stated(where='{ x = "1" }'), "f.toml: claim a: where.x: 'x' is a variable already"),
    "where is a constant": (stated(where='{ E = "1" }'), "f.toml: claim a: where.E: 'E' is a constant"),
    "where is a function": (stated(where='{ sin = "1" }'), "f.toml: claim a: where.sin: 'sin' is a function"),
    "where is no name": (stated(where='{ "a b" = "1" }'), "f.toml: claim a: where.a b: 'a b' is not a name"),
    "where is unknown": (stated(where='{ R = "x + xx" }', claim='"R > 0"'),
                         "f.toml: claim a: where.R, column 5: unknown name 'xx'; did you mean 'x'?"),
    "where is unknown and unused": (stated(where='{ R = "2*z" }'), "f.toml: claim a: where.R, column 3: unknown"),
    "flow is an abbreviation": (stated(flow='{ y = "x" }', where='{ y = "x" }'), "f.toml: claim a: where.y: 'y' is a"),
    "flow of an integer": (stated(given='["n integer"]', flow='{ n = "1" }', claim='"n > 0"'),
                           "f.toml: claim a: flow.n: 'n' moves along the flow"),
    "flow is a formula": (stated(flow='{ x = "x > 0" }'), "f.toml: claim a: flow.x, column 1: a number is needed"),
    "flow of a constant": (stated(flow='{ pi = "x" }'), "f.toml: claim a: flow.pi: 'pi' is a constant"),
    "rate without a flow": (stated(claim='"ddt(x) == 0"'), "f.toml: claim a: claim, column 1: 'ddt' needs a flow"),
    "rate inside the flow": (stated(flow='{ x = "ddt(x)" }'), "f.toml: claim a: flow.x, column 1: 'ddt' needs a flow"),
    "broken TOML": ("[[claim]]\nid = \n", "f.toml: line 2, column 6: not valid TOML: Invalid value; mend"),
}  # fmt: skip


@pytest.mark.parametrize("what", MESSAGES)
def test_a_mistake_is_one_line_that_says_where(what: str) -> None:
    content, expected = MESSAGES[what]
    with pytest.raises(ClaimsFileError) as caught:
        load_toml(content.encode(), name="f.toml")
    assert str(caught.value).startswith(expected)
    assert "\n" not in str(caught.value)


def test_the_error_knows_its_parts() -> None:
    with pytest.raises(ClaimsFileError) as caught:
        load_toml(stated(claim='"x > y"').encode(), name="f.toml")
    error = caught.value
    assert (error.file, error.claim_id, error.field, error.column) == ("f.toml", "a", "claim", 5)


def test_prose_may_have_as_many_dots_as_it_likes() -> None:
    dotted = '"' + "e.g. i.e. " * 60 + '"'
    assert load_toml(stated(ref=dotted).encode()).claims[0].ref.count(".") == 240


def test_prose_is_one_line_in_any_script() -> None:
    words = '"Satz 3,\\n\\tÜber λ →\u00a0证明"'
    assert load_toml(stated(ref=words).encode()).claims[0].ref == "Satz 3, Über λ → 证明"


def test_a_byte_order_mark_is_no_character() -> None:
    assert load_toml(b"\xef\xbb\xbf" + stated().encode()).claims[0].id == "a"
