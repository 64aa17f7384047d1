"""Two independent solvers asked whether an SMT-LIB query is unsatisfiable.

Sources: L. de Moura, N. Bjorner, Z3: an efficient SMT solver, TACAS 2008; H. Barbosa et al., cvc5: a versatile and
industrial-strength SMT solver, TACAS 2022.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Literal

from verify.statement import Statement

Answer = Literal["sat", "unsat", "unknown"]


def ask_z3(text: str, milliseconds: int, seed: int = 0) -> tuple[Answer, dict[str, str]]:
    """z3's answer, and for ``sat`` the values of the declared constants as text."""
    import z3

    try:
        solver = z3.Solver()
        solver.set("timeout", max(1, milliseconds))
        solver.set("random_seed", seed)
        solver.from_string(text)
        answer = solver.check()
    except z3.Z3Exception:
        return "unknown", {}
    if answer == z3.unsat:
        return "unsat", {}
    if answer != z3.sat:
        return "unknown", {}
    model = solver.model()
    values = {}
    for declaration in model.decls():
        value = model[declaration]
        if z3.is_rational_value(value) or z3.is_int_value(value):
            values[declaration.name()] = str(value.as_fraction() if z3.is_rational_value(value) else value)
        elif z3.is_algebraic_value(value):
            values[declaration.name()] = str(value.approx(12).as_fraction())
    return "sat", values


# Cylindrical coverings alone decide polynomial questions that incremental linearisation goes astray on.
CVC5_WAYS: tuple[tuple[float, Mapping[str, str]], ...] = (
    (0.4, {"nl-cov": "true", "nl-ext": "none"}),
    (1.0, {"nl-cov": "true"}),
)


def ask_cvc5(text: str, milliseconds: int, seed: int = 0) -> Answer:
    """cvc5's answer: the first that one of two ways gives, each in its share of the time that is left."""
    begun = time.monotonic()
    for share, options in CVC5_WAYS:
        left = milliseconds - 1000 * (time.monotonic() - begun)
        answer = _ask_cvc5(text, int(share * left), seed, options)
        if answer != "unknown":
            return answer
    return "unknown"


def _ask_cvc5(text: str, milliseconds: int, seed: int, options: Mapping[str, str]) -> Answer:
    import cvc5

    manager = cvc5.TermManager()
    solver = cvc5.Solver(manager)
    solver.setOption("tlimit-per", str(max(1, milliseconds)))
    solver.setOption("seed", str(seed))
    for name, value in options.items():
        solver.setOption(name, value)
    try:
        parser = cvc5.InputParser(solver)
        parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "statement")
        symbols, out = parser.getSymbolManager(), ""
        while True:
            command = parser.nextCommand()
            if command.isNull():
                break
            out += command.invoke(solver, symbols)
    except Exception:  # cvc5 raises RuntimeError subclasses of several kinds; none of them is an answer
        return "unknown"
    words = out.split()
    return "unsat" if words == ["unsat"] else "sat" if words == ["sat"] else "unknown"


def versions() -> dict[str, str]:
    import cvc5
    import z3

    return {"z3": z3.get_version_string(), "cvc5": cvc5.__version__}


def check_solvers(statement: Statement, certificate: Mapping[str, Any]) -> bool:
    """Both solvers asked again whether hypotheses and negated conclusion can be met together."""
    from verify.checker.smt import query

    text, _ = query(statement, integers_as_reals=bool(certificate["integers_as_reals"]))
    limit = int(certificate["milliseconds"])
    return ask_z3(text, limit)[0] == "unsat" and ask_cvc5(text, limit) == "unsat"
