"""Texts and files that try to run code, to exhaust memory, or to look like something they are not."""

from __future__ import annotations

INJECTIONS = (
    "__import__('os').system('x')",
    "__import__('os').system('x') == 1",
    "().__class__.__bases__[0].__subclasses__() == 1",
    "x.__class__ == 1",
    "x.real > 1",
    "1.real > 1",
    "(1).real > 1",
    "x[0] > 1",
    "__builtins__ > 1",
    "_x > 1",
    "eval('1') == 1",
    "exec('1') == 1",
    "open('/etc/passwd') == 1",
    "getattr(x, 'real') == 1",
    "globals() == 1",
    "(lambda: 1)() == 1",
    "[x for x in (1, 2)] == 1",
    "{x: 1} == 1",
    "(x := 1) == 1",
    "f'{x}' == 1",
    "f\"{__import__('os')}\" == 1",
    "'x' == 'x'",
    "b'x' == 1",
    "'%s' % x == 1",
    "x if x else y",
    "sin(x=1) > 1",
    "sin(*x) > 1",
    "sin(**x) > 1",
    "yield x",
    "await x",
    "print(x) == 1",
    "x > 1; import os",
    "x > 1\nimport os",
    "x > 1 \\\n and y > 1",
    "... > 1",
    "x @ y > 1",
    "limit(x, x, 0, __import__('os')) > 1",
    "diff(x, x, __import__('os')) > 1",
    "integrate(x, (__class__, 0, 1)) > 1",
    "sqrt.__globals__ > 1",
    "sqrt.sqrt(x) > 1",
    "sin(x)(y) > 1",
    "`x` > 1",
    "$x > 1",
)

LOOK_ALIKES = (
    "ａbs(x) > 1",  # FULLWIDTH a, which Python's own parser would fold to abs
    "ｅval(x) > 1",
    "ſin(x) > 1",  # LATIN SMALL LETTER LONG S, folded to s
    "х > 1",  # CYRILLIC ha
    "𝑥 > 1",
    "x > １",
    "x > ²",
    "x − 1 > 0",  # MINUS SIGN
    "x ≥ 1",
    "λ > 0",
    "x\u200b > 1",  # ZERO WIDTH SPACE
    "x\u00a0> 1",
    "x\u2028> 1",
    "x > 1\u202e",
    "\ufeffx > 1",
    "x > \ud800",
)

TOWERS = (
    "(" * 10_000,
    "(" * 9_000 + "x" + ")" * 9_000 + " > 1",
    "[" * 10_000,
    "{" * 10_000,
    ")" * 10_000,
    "sin(" * 4_000 + "x" + ")" * 4_000 + " > 1",
    "(" * 150 + "x" + ")" * 150 + " > 1",
    "-" * 19_000 + "x > 1",
    "not " * 4_900 + "x > 1",
    "x**" * 6_000 + "x > 1",
    "x+" * 9_000 + "x > 1",
    "x<" * 9_000 + "x",
    "x>1 and " * 2_400 + "x>1",
    "x " * 9_000,
    "x," * 9_000,
    "'" * 10_000,
    "(" * 50_000,
    "x" * 19_000,
    " " * 30_000,
    "implies(" * 99 + "x>1" + ",x>1)" * 99 + "+",
)

NUMBERS = (
    "x > " + "9" * 301,
    "x > " + "9" * 5_000,
    "x > 0." + "1" * 400,
    "1e999999 > x",
    "1e-999999 > x",
    "1e999999999999999999999 > x",
    "1" + "_0" * 400 + " > x",
    "1__0 > x",
    "1e-3_ > x",
    "1_.5 > x",
    "0777 > x",
    "0b1 > x",
)

# towers of powers are terms like any other: written down, never worked out
POWERS = ("10**10**10 > 1", "10**10**10**10 > x", "2**(10**9) > x", "(9**9**9)**9 > 0", "x**99999999999 > 0")

NUL = ("x\0 > 1", "\0", "x > 1\0")


def claim_file(*lines: str, claim: str = "x > 0") -> bytes:
    head = ["[[claim]]", 'id = "a"', 'given = ["x real"]', f'claim = "{claim}"']
    return "\n".join([*head, *lines]).encode()


BILLION_LAUGHS = claim_file(
    "[claim.where]",
    'a0 = "x + x"',
    *(f'a{k} = "{" + ".join([f"a{k - 1}"] * 10)}"' for k in range(1, 100)),
    claim="a99 > 0",
)

MANY = b", ".join(b"v%d" % k for k in range(150))

# what is wrong -> (content, a word of the message)
FILES = {
    "ten megabytes": (b"#" * 10_000_000, "limit"),
    "invalid UTF-8": (b'[paper]\nid = "\xff"', "line 2, column 7: not valid UTF-8"),
    "UTF-16": ('[paper]\nid = "a"'.encode("utf-16"), "UTF-8"),
    "a NUL": (b'[paper]\nid = "a\0"', "line 2, column 8: a NUL"),
    "no TOML": (b"x > 1", "line 1"),
    "an open table": (b"[paper", "not valid TOML"),
    "nested arrays": (b"x = " + b"[" * 10_000, "nested"),
    "nested tables": (b"x = " + b"{a=" * 10_000, "nested"),
    "dotted keys": (b"a." * 300_000 + b"b = 1", "dots"),
    "quoted dotted keys": (b'a."#".' * 150_000 + b"b = 1", "dots"),
    "literal dotted keys": (b"'=' . \"'\"." * 80_000 + b"b = 1", "dots"),
    "a dotted header": (b"[" + b"a." * 300_000 + b"b]", "dots"),
    "open strings": (b"\"\"\"'\"'" * 100_000, "not valid TOML"),
    "a huge integer": (b"x = " + b"9" * 100_000, "out of range"),
    "a billion laughs": (BILLION_LAUGHS, "limit of 20000"),
    "a circle": (claim_file('where = { R = "S", S = "R" }', claim="R > 0"), "circle"),
    "a self reference": (claim_file('where = { R = "R + 1" }', claim="R > 0"), "itself"),
    "a forward reference": (claim_file('where = { R = "S + 1", S = "x" }', claim="R > 0"), "only later"),
    "duplicate ids": (claim_file() + b"\n" + claim_file(), "claim a: id: the id stands for claim 1 and claim 2"),
    "a duplicate field": (claim_file('id = "b"'), "not valid TOML"),
    "no claims": (b'[paper]\nid = "p"', "no claim"),
    "nothing": (b"", "no claim"),
    "too many claims": (b'[[claim]]\nid = "a"\nclaim = "1 > 0"\n' * 1_001, "limit of 1000"),
    "a bad id": (b'[[claim]]\nid = "../../etc"\nclaim = "1 > 0"', "is not an id"),
    "a long id": (b'[[claim]]\nid = "' + b"a" * 101 + b'"\nclaim = "1 > 0"', "is not an id"),
    "an id with a newline": (b'[[claim]]\nid = "a\\nb"\nclaim = "1 > 0"', "is not an id"),
    "injection": (claim_file(claim="__import__('os').system('x')"), "claim, column 1: '__import__'"),
    "many variables": (claim_file().replace(b"x real", MANY + b" real"), "more than 100"),
}
