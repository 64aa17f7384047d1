"""Tables of GLUE in the zip and in folders; a quote is text, and a broken table is refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training.data.sentences import MRPC, RTE, SST, archive
from training.data.places import Missing
from training.data.text import TASKS, parse, read, sentences


def test_the_zip_and_the_folders_agree(tmp_path: Path) -> None:
    zipped, laid = tmp_path / "zipped", tmp_path / "laid"
    zipped.mkdir()
    archive(zipped, mrpc_train=MRPC, rte_train=RTE, sst2_train=SST)
    for folder, table in (("glue_data/MRPC", MRPC), ("RTE", RTE), ("SST-2", SST)):
        (laid / folder).mkdir(parents=True)
        (laid / folder / "train.tsv").write_text(table, newline="")
    for task in TASKS:
        assert read(task, "train", zipped) == read(task, "train", laid)
    mrpc, rte, sst = (read(task, "train", zipped) for task in ("mrpc", "rte", "sst2"))
    assert mrpc.first == ("the cat", "a dog .")
    assert mrpc.second == ('"the dog', "no cat")
    assert (mrpc.labels, rte.labels, sst.labels) == ((1, 0), (0, 1), (1, 0))
    assert sst.second is None
    assert mrpc.take([1]).first == ("a dog .",)
    whole = sentences(zipped)
    assert whole.splitlines()[0] == "the cat"
    assert whole.count("the cat\n") == 1  # of two tables, once


FAULTS = [
    ("", "is empty"),
    ("Quality\tOther\n1\t2\n", "no column '#1 String'"),
    (MRPC + "1\t2\tonly\n", "row 4: 3 fields where the header has 5"),
    (MRPC.replace("\n0\t", "\n7\t"), "row 3: the label must be one of 0, 1, not '7'"),
    (MRPC.splitlines()[0] + "\n", "no examples"),
]


@pytest.mark.parametrize(("table", "message"), FAULTS)
def test_broken_tables(table: str, message: str) -> None:
    with pytest.raises(Missing, match=message) as refused:
        parse(TASKS["mrpc"], table.encode(), "train.tsv")
    assert "\n" not in str(refused.value)


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Missing, match=r"glue_mrpc_sst2_rte\.zip or MRPC/train\.tsv.* is missing"):
        read("mrpc", "train", tmp_path)
    place = archive(tmp_path, mrpc_train=MRPC)
    with pytest.raises(Missing, match=r"does not hold mrpc/dev\.tsv"):
        read("mrpc", "dev", tmp_path)
    place.write_bytes(place.read_bytes()[:-30])
    with pytest.raises(Missing, match="cannot be read"):
        read("mrpc", "train", tmp_path)
    with pytest.raises(Missing, match="UTF-8"):
        parse(TASKS["mrpc"], b"\xff\xfe\xff", "train.tsv")
    with pytest.raises(ValueError, match="not 'cola'"):
        read("cola", "train", tmp_path)
    with pytest.raises(ValueError, match="not 'all'"):
        read("rte", "all", tmp_path)
