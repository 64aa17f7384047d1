from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

import mirrorproof
from tests.verify.reparam.cases import REFUSED, ask
from verify.cli import main
from verify.cli.reparam import command
from verify.language.errors import LanguageError
from verify.reparam import escape, flows, mirror
from verify.reparam.algebra import Algebra
from verify.reparam.analysis import examine
from verify.reparam.answers import BadRequest
from verify.reparam.reading import Request
from verify.reparam.subject import subject


@pytest.mark.parametrize(("request_", "says"), REFUSED, ids=[says for _, says in REFUSED])
def test_bad_input_is_one_line(request_: Request, says: str) -> None:
    with pytest.raises(LanguageError) as caught:
        found = Algebra(subject(request_))
        flows.index(request_.q)
        escape.scale(request_.scale)
        mirror.mirror(found)
    text = str(caught.value)
    assert says in text and "\n" not in text


def test_json_is_one_object_and_the_status_tells_of_stated_laws() -> None:
    run = CliRunner().invoke(command, ["w1*w2", "--json", "--law", "w1**2 - w2**2"])
    found = json.loads(run.output)
    assert run.exit_code == 0 and found["schema"] == 1
    answers = {a["id"]: a for a in found["answers"]}
    assert answers["number"]["verdict"] == "holds" and answers["number"]["values"]["most"] == 1
    assert answers["potential"]["tier"] == "certified"
    wrong = CliRunner().invoke(command, ["w1*w2", "--json", "--law", "w1**2 + w2**2"])
    assert wrong.exit_code == 1


def test_bad_input_ends_with_status_two() -> None:
    run = CliRunner().invoke(command, ["w1*", "--json"])
    assert run.exit_code == 2
    assert "column 4" in run.output


def test_an_error_of_usage_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["reparam", "w1*w2", "--degree", "100"], ["recipe"], ["potential"], ["potential", "--nothing"]):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        told = capsys.readouterr().err
        assert caught.value.code == 2 and told.count("\n") == 1 and told.startswith("error: ")


def test_what_takes_too_long_is_undecided() -> None:
    report = examine(Request(preset="relu 9,9,9,9,9"), seconds=0.05)
    assert [a.verdict for a in report] == ["undecided"] and report.status == 1


def test_the_facade() -> None:
    report = mirrorproof.reparam("a*b", "b*c", laws=["a**2 - b**2 + c**2"])
    assert report["number"].values["independent"] == ["a**2 - b**2 + c**2"]
    assert report["law-1"].verdict == "holds"
    with pytest.raises(KeyError):
        report["nothing"]
    with pytest.raises(BadRequest, match="column"):
        mirrorproof.reparam("a*")


def test_the_same_question_has_the_same_answer() -> None:
    def plain() -> list[tuple[str, str, str]]:
        return [(a.id, a.verdict, a.answer) for a in examine(ask("a*b", "b*c"))]

    assert plain() == plain()
