"""Claims: what a paper says, where it says it, and what does hold where that fails.

A claim is written as a function whose docstring is the sentence of the paper and which returns a draft::

    @claim("example-slug", place="Lemma 2, display (7)", rests_on=["other-slug"])
    def dual_potential_of_the_square():
        '''The dual potential of half the square, at the gradient, is half the square again.'''
        x = real("x")
        R = MirrorPotential(x**2 / 2, x)
        return printed(R.dual_at_gradient == x**2 / 2)

A claim holds data alone: no verdict is written here, and the prover that judges a statement never sees its name.
The function runs when the claim is built, not when the module is imported.

Where a statement is typed for less than the sentence of the paper says (one depth, one index, one loss), its draft
names that part, ``printed(...).covering("L = 2, q = 1")``, and the verdict is shown as that restricted one. A claim
about all parameters that is separable is the claim about one coordinate, and a claim about every term of a sum is the
claim about one term: these are no restrictions. Nor is an instance one where it refutes the claim.
"""

from __future__ import annotations

import ast
import importlib.util
import itertools
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal, get_args

from verify.language.printing import to_text
from verify.language.terms import CONSTANTS, FUNCTIONS
from verify.measured import NAME, Measurement
from verify.quantities import Quantity, integer, merge, nonnegative, nonzero, positive, real
from verify.statement import Statement

if TYPE_CHECKING:
    from theory.derivation import Derivation

Mend = Literal["misprint", "constant", "sign", "added hypothesis", "weaker conclusion", "replaced"]
Expression = Any  # text of the claims-file language, a Quantity, or a SymPy expression

__all__ = [
    "Claim", "ClaimFunction", "Draft", "IllPosed", "Quantity", "claim", "collect", "ill_posed", "integer",
    "load_python", "measured", "nonnegative", "nonzero", "positive", "printed", "real",
]  # fmt: skip


@dataclass(frozen=True)
class IllPosed:
    """Why a text is no statement, and the statements that it could be read as."""

    reason: str
    readings: tuple[tuple[str, Statement], ...] = ()


@dataclass(frozen=True)
class Claim:
    """One claim of a paper.

    printed: the statement typed from the paper; None only where the text is ill-posed or a measured result.
    corrected: what holds instead, with the kind of mend; None where nothing is to be mended.
    derivation: the steps from first principles.
    measurement: the experiment that judges a claim about training or a figure, in place of a printed statement.
    scope, corrected_scope: the part of the claim that each of the two covers, in a few words; empty where it is all.
    """

    id: str
    place: str
    title: str
    printed: Statement | None
    paper: str = ""
    rests_on: tuple[str, ...] = ()
    kind: str = ""
    corrected: Statement | None = None
    mend: Mend | None = None
    note: str = ""
    derivation: Derivation | None = None
    ill_posed: IllPosed | None = None
    measurement: Measurement | None = None
    scope: str = ""
    corrected_scope: str = ""

    @property
    def statements(self) -> dict[str, Statement]:
        """Every statement of the claim by its role: printed, corrected, or the name of a reading."""
        found = {"printed": self.printed, "corrected": self.corrected}
        readings = dict(self.ill_posed.readings) if self.ill_posed else {}
        return {role: s for role, s in found.items() if s is not None} | readings


@dataclass(frozen=True)
class Wording:
    """A statement as its author wrote it, before it is read."""

    conclusion: Expression
    given: tuple[Any, ...] = ()
    where: Mapping[str, Expression] = field(default_factory=dict)
    flow: Mapping[str, Expression] = field(default_factory=dict)

    def statement(self) -> Statement:
        """The wording as data; raises ``LanguageError`` or ``TypeError`` where it cannot be read."""
        from verify.language.claims_file import read_statement
        from verify.language.given import parse_given

        parts = [*self.given, *self.where.values(), *self.flow.values(), self.conclusion]
        carried = merge(*(p.domain for p in parts if isinstance(p, Quantity)))
        texts = [_text(g) for g in self.given]
        declared = parse_given([g for g in self.given if isinstance(g, str)]).names
        texts = [f"{n} {s}" for n, s in carried.variables if n not in declared] + texts
        texts += [t for t in map(to_text, carried.hypotheses) if t not in texts]
        where = {name: _text(value) for name, value in self.where.items()}
        flow = {name: _text(value) for name, value in self.flow.items()}
        return read_statement(texts, _text(self.conclusion), where, flow)

    def measured(self) -> Statement:
        """The wording as a relation between measured quantities, each a real number."""
        names = sorted({node.id for node in ast.walk(ast.parse(_text(self.conclusion))) if isinstance(node, ast.Name)})
        known = [f"{name} real" for name in names if name not in (*FUNCTIONS, *CONSTANTS)]
        return replace(self, given=tuple(known)).statement()


def _text(value: Expression) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Quantity):
        return to_text(value.term)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    from verify.language.bridge import from_sympy

    return to_text(from_sympy(value))


@dataclass(frozen=True)
class Draft:
    """What a claim function returns: wordings, not yet read as statements."""

    wording: Wording | None
    correction: Wording | None = None
    mend: Mend | None = None
    note: str = ""
    derivation: Derivation | None = None
    reason: str = ""
    readings: tuple[tuple[str, Draft], ...] = ()
    experiment: str = ""
    scope: str = ""
    corrected_scope: str = ""

    def covering(self, part: str) -> Draft:
        """The draft whose printed statement covers a part of the claim alone, as ``"L = 2, q = 1"``."""
        if self.wording is None:
            raise ValueError("only a printed statement can cover a part of the claim")
        return replace(self, scope=_part(part))

    def corrected(
        self,
        conclusion: Expression = None,
        *,
        mend: Mend,
        given: Sequence[Any] | None = None,
        where: Mapping[str, Expression] | None = None,
        flow: Mapping[str, Expression] | None = None,
        note: str = "",
        covering: str | None = None,
    ) -> Draft:
        """The draft with the statement that does hold; what is omitted is taken over from the printed one.

        covering: the part of what holds that the statement covers, where it is less.
        """
        if mend not in get_args(Mend):
            raise ValueError(f"mend must be one of {', '.join(get_args(Mend))}, not {mend!r}")
        if self.wording is None or self.experiment:
            raise ValueError("only a printed statement can be corrected")
        old = self.wording
        new = Wording(
            old.conclusion if conclusion is None else conclusion,
            old.given if given is None else tuple(given),
            old.where if where is None else dict(where),
            old.flow if flow is None else dict(flow),
        )
        part = "" if covering is None else _part(covering)
        return replace(self, correction=new, mend=mend, note=note, corrected_scope=part)

    def derived(self, derivation: Derivation) -> Draft:
        """The draft with its derivation from first principles."""
        return replace(self, derivation=derivation)


def _part(text: str) -> str:
    if not text.strip() or "\n" in text:
        raise ValueError("what is covered must be named in one line")
    return text.strip()


def printed(
    conclusion: Expression,
    *,
    given: Sequence[Any] = (),
    where: Mapping[str, Expression] | None = None,
    flow: Mapping[str, Expression] | None = None,
) -> Draft:
    """The statement as the paper prints it.

    conclusion, where and flow hold text of the claims-file language, quantities, or SymPy expressions (in where and
    flow); given holds texts such as ``"1 <= q <= 2"`` or relations between quantities.
    """
    return Draft(Wording(conclusion, tuple(given), dict(where or {}), dict(flow or {})))


def ill_posed(reason: str, readings: Sequence[tuple[str, Draft]] = ()) -> Draft:
    """A text that cannot be made a statement without choosing for its author, with the readings to try."""
    if not reason:
        raise ValueError("an ill-posed text needs a reason")
    return Draft(None, reason=reason, readings=tuple(readings))


def measured(experiment: str, expects: Expression, *, note: str = "") -> Draft:
    """A claim about training or a figure: the experiment that measures it and what it is expected to show.

    expects: a relation between quantities that the results file of the experiment holds, one number per seed, as
    ``"sharpness_adam < sharpness_sgd/2"``: a direction and an effect size, fixed before the run. The claim stays
    ``undecided``; beside it stands whether the measured values are consistent with it.
    """
    if not NAME.match(experiment):
        raise ValueError(f"{experiment!r} is no name of an experiment")
    return Draft(Wording(expects), note=note, experiment=experiment)


@dataclass(frozen=True)
class ClaimFunction:
    """A claim before it is built: its name and place are known, its statement is written when asked for."""

    id: str
    place: str
    rests_on: tuple[str, ...]
    paper: str | None
    kind: str
    write: Callable[[], Draft]

    @property
    def title(self) -> str:
        return " ".join((self.write.__doc__ or "").split())

    def build(self, paper: str = "") -> Claim:
        """Runs the function and reads the statements; ``paper`` is the id where the claim names none."""
        draft = self.write()
        if not isinstance(draft, Draft):
            raise TypeError(f"{self.id}: the claim function must return printed(...), ill_posed(...) or measured(...)")
        readings: list[tuple[str, Statement]] = []
        for name, reading in draft.readings:
            if reading.wording is None:
                raise TypeError(f"{self.id}: the reading {name!r} is no statement")
            readings.append((name, reading.wording.statement()))
        about = Measurement(draft.experiment, draft.wording.measured()) if draft.wording and draft.experiment else None
        return Claim(
            id=self.id,
            place=self.place,
            title=self.title,
            printed=draft.wording.statement() if draft.wording and not draft.experiment else None,
            paper=self.paper or paper,
            rests_on=self.rests_on,
            kind=self.kind,
            corrected=draft.correction.statement() if draft.correction else None,
            mend=draft.mend,
            note=draft.note,
            derivation=draft.derivation,
            ill_posed=IllPosed(draft.reason, tuple(readings)) if draft.reason else None,
            measurement=about,
            scope=draft.scope,
            corrected_scope=draft.corrected_scope,
        )


def claim(
    slug: str, *, place: str, rests_on: Sequence[str] = (), paper: str | None = None, kind: str | None = None
) -> Callable[[Callable[[], Draft]], ClaimFunction]:
    """Declares a claim of a paper: the function below it writes the statement, its docstring says it in words."""

    def register(write: Callable[[], Draft]) -> ClaimFunction:
        if not (write.__doc__ or "").strip():
            raise TypeError(f"claim {slug}: the docstring must say the claim in words")
        return ClaimFunction(slug, place, tuple(rests_on), paper, kind or "", write)

    return register


def collect(module: ModuleType) -> list[ClaimFunction]:
    """The claims that a module declares, in the order of the file."""
    return [v for v in vars(module).values() if isinstance(v, ClaimFunction) and v.write.__module__ == module.__name__]


def unique(claims: Sequence[ClaimFunction]) -> list[ClaimFunction]:
    """The claims as given; two with the same id raise ``ValueError``."""
    seen: set[str] = set()
    for c in claims:
        if c.id in seen:
            raise ValueError(f"two claims are called {c.id}")
        seen.add(c.id)
    return list(claims)


_serial = itertools.count(1)


def load_python(path: str | Path) -> list[Claim]:
    """The claims of a Python file, built. The file is run: it must be one's own (a stranger's belongs in TOML)."""
    path = Path(path)
    name = f"mirrorproof_claims_{next(_serial)}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
        paper = getattr(module, "PAPER", "")
        return [c.build(paper if isinstance(paper, str) else "") for c in unique(collect(module))]
    finally:
        del sys.modules[name]
