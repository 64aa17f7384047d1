"""Syntax trees of bounded size: what Python's expression grammar makes of a scanned text, and how large a term is."""

from __future__ import annotations

import ast

from verify.language.errors import LanguageError
from verify.language.terms import Term

MAX_DEPTH = 200
MAX_NODES = 5_000


def syntax_tree(source: str, shift: int) -> ast.expr:
    """The syntax tree of a one-line text that ``scan`` let pass; ``shift`` turns its offsets into columns."""
    try:
        tree = ast.parse(source, mode="eval").body
    except SyntaxError as error:
        reason = str(error.msg).splitlines()[0]
        if reason.startswith("invalid syntax"):
            reason = "this is not a well-formed expression; check for a missing operator, operand or comma"
        else:
            reason = f"this is not a well-formed expression: {reason}; mend it there"
        column = min(error.offset or len(source) + 1, len(source) + 1)
        raise LanguageError(reason, column - 1 + shift) from None
    except ValueError:
        raise LanguageError("this is not a well-formed expression; use plain text") from None
    stack: list[tuple[ast.AST, int]] = [(tree, 1)]
    nodes = 0
    while stack:
        node, level = stack.pop()
        if not isinstance(node, ast.expr):
            continue
        nodes += 1
        if nodes > MAX_NODES:
            raise LanguageError(f"the expression has more than {MAX_NODES} parts; split it by abbreviations")
        if level > MAX_DEPTH:
            raise LanguageError(
                f"the expression is nested deeper than {MAX_DEPTH}; split it by abbreviations", node.col_offset + shift
            )
        stack.extend((child, level + 1) for child in ast.iter_child_nodes(node))
    return tree


def tree_measure(term: Term) -> tuple[int, int]:
    """(number of nodes, depth) of the tree, counted on its shared parts without writing it out.

    On the way every part learns its free names, from the leaves up, so that asking for them never recurses.
    """
    known: dict[int, tuple[int, int]] = {}
    stack = [term]
    while stack:
        t = stack[-1]
        if id(t) in known:
            stack.pop()
            continue
        waiting = [c for c in t.children if id(c) not in known]
        if waiting:
            stack.extend(waiting)
            continue
        parts = [known[id(c)] for c in t.children]
        _ = t.free
        known[id(t)] = (1 + sum(p[0] for p in parts), 1 + max((p[1] for p in parts), default=0))
        stack.pop()
    return known[id(term)]
