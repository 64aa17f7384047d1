"""Two typeset statements with what differs marked: the signs of one that have no counterpart in the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from markupsafe import Markup

from verify.report.typeset import display

LIKE = 1 / 3  # statements with less in common than this are another statement: nothing in them is marked
_LEAF = re.compile(r"<(mi|mn|mo|mtext)([^>]*)>([^<]*)</\1>")


def marked(text: str, other: str, kind: str) -> Markup:
    """The text as a displayed formula, each sign that the other formula lacks with the class ``changed`` and ``kind``.

    Both are aligned sign by sign, in reading order; where they have too little in common nothing is marked.
    """
    shown = str(display(text))
    leaves = list(_LEAF.finditer(shown))
    mine, theirs = _signs(shown), _signs(str(display(other)))
    matched = SequenceMatcher(None, mine, theirs, autojunk=False)
    if mine == theirs or matched.ratio() < LIKE:
        return Markup(shown)
    kept = {k for block in matched.get_matching_blocks() for k in range(block.a, block.a + block.size)}
    parts, end = [], 0
    for k, leaf in enumerate(leaves):
        if k not in kept:
            name, attributes, inner = leaf.groups()
            parts += [shown[end : leaf.start()], f'<{name}{attributes} class="changed {kind}">{inner}</{name}>']
            end = leaf.end()
    return Markup("".join([*parts, shown[end:]]))


@lru_cache(maxsize=4096)
def _signs(shown: str) -> Sequence[tuple[str, str]]:
    return tuple((leaf[1], leaf[3]) for leaf in _LEAF.finditer(shown))
