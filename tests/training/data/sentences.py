"""Tables as GLUE ships them, a small vocabulary, and texts beside the words they are cut into."""

from __future__ import annotations

import zipfile
from pathlib import Path

VOCABULARY = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "un", "##want", "##ed", "##wanted", "want", "runn",
    "##ing", ",", ".", "!", "$", "`", "a", "##b", "##c", "ab", "cafe", "naive", "\u4e2d", "\u6587", "dog", "##s", "s",
    "'", "don", "t",
]  # fmt: skip

# text, and what the vocabulary makes of it
CUT = [
    ("The cat, unwanted!", ["the", "cat", ",", "un", "##wanted", "!"]),  # the longest continuation
    ("running dogs", ["runn", "##ing", "dog", "##s"]),
    ("caf\u00e9 na\u00efve CAFE\u0301", ["cafe", "naive", "cafe"]),
    ("\u4e2d\u6587the", ["\u4e2d", "\u6587", "the"]),
    ("don't $a`ab", ["don", "'", "t", "$", "a", "`", "ab"]),
    ("catx the", ["[UNK]", "the"]),  # one piece that is unknown takes the whole with it
    ("a\u200bb\tt\u00a0s\u2028a\x00b", ["ab", "t", "s", "ab"]),
    ("a" + 100 * "b", ["[UNK]"]),
    ("a" + 3 * "b", ["ab", "##b", "##b"]),
    ("[SEP]", ["[UNK]"] * 3),  # brackets and a word of which none is known
    ("  ", []),
]

MRPC = "\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t10\t20\tthe cat\t\"the dog\n0\t11\t21\ta dog .\tno cat\n"
RTE = "index\tsentence1\tsentence2\tlabel\n0\tThe cat ran.\tA cat.\tentailment\n1\ta\tb\tnot_entailment\n"
SST = "sentence\tlabel\r\nthe cat \t1\r\nnaive\t0\r\n"


def archive(folder: Path, **tables: str) -> Path:
    """The zip of tables; a name is task_split, or that with its own ending."""
    path = folder / "glue_mrpc_sst2_rte.zip"
    with zipfile.ZipFile(path, "w") as out:
        for name, table in tables.items():
            task, _, split = name.partition("_")
            out.writestr(f"{task}/{split}.tsv", table)
    return path


def many(count: int) -> str:
    """A table of MRPC in which the label says whether the sentences begin alike."""
    rows = ["Quality\t#1 ID\t#2 ID\t#1 String\t#2 String"]
    words = ("cat", "dog", "the", "want")
    for i in range(count):
        first, second = words[i % 4], words[(i + (i // 4) % 2) % 4]
        rows.append(f"{int(first == second)}\t{i}\t{i}\t{first} ran {'a ' * (i % 3)}.\t{second} , s")
    return "\n".join(rows) + "\n"
