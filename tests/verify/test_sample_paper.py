"""A paper's own repository: its workflow and its hook stop what breaks a lemma, and let through what does not."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.verify.test_gate import SCHEMA

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests" / "sample_paper"
BROKEN = ("claim = \"x*y <= x**2/2 + y**2/2\"", "claim = \"x*y <= x**2/4 + y**2/4\"")
STEPS = ("Take the lock file that was reviewed", "Verify the claims")


class Repository:
    """A clone of the sample, and a place where its workflow runs as on a pull request."""

    def __init__(self, root: Path) -> None:
        self.root, self.bin, self.summary = root / "paper", root / "bin", root / "summary.md"
        shutil.copytree(SAMPLE, self.root)
        self.bin.mkdir()
        command = self.bin / "mirrorproof"
        command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m verify "$@"\n')
        command.chmod(0o755)
        self.git("init", "-q")
        self.base = self.commit()

    def git(self, *arguments: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments]
        return subprocess.run(command, cwd=self.root, text=True, capture_output=True, check=True).stdout

    def commit(self) -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "change")
        return self.git("rev-parse", "HEAD").strip()

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new))

    def shell(self, script: str, **more: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.bin}:{os.environ['PATH']}"
        environment = os.environ | {"PATH": path, "GITHUB_STEP_SUMMARY": str(self.summary)} | more
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]  # as GitHub runs a step
        return subprocess.run(command, cwd=self.root, env=environment, text=True, capture_output=True, check=False)

    def pull_request(self, *, reviewed: bool = False) -> subprocess.CompletedProcess[str]:
        """The steps of the workflow that run mirrorproof or touch its files."""
        steps = {step.get("name"): step for step in workflow()["jobs"]["gate"]["steps"]}
        take, gate = (steps[name] for name in STEPS)
        assert "claims reviewed" in take["if"] and "base.sha" in take["env"]["BASE"]
        if not reviewed:
            assert self.shell(take["run"], BASE=self.base).returncode == 0
        return self.shell(gate["run"])


def workflow() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((SAMPLE / ".github" / "workflows" / "mirrorproof.yml").read_text())
    return found


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def test_a_pull_request_that_breaks_a_lemma_is_stopped(repository: Repository) -> None:
    repository.edit("claims.toml", *BROKEN)
    # the lock file that the change brings along does not help it
    repository.edit("claims.lock", '"young": {"verdict": "holds"', '"young": {"verdict": "fails"')
    repository.commit()
    done = repository.pull_request()
    assert done.returncode == 1 and "counterexample: x = " in done.stdout
    text = repository.summary.read_text()
    assert "**Stopped: 1 worse or missing.**" in text
    told = "<code>young</code> (Lemma 1): **holds (certified) became fails (certified)**"
    assert text.index(told) < text.index("counterexample: <code>x =")
    log = json.loads((repository.root / "mirrorproof" / "gate.sarif").read_text())
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    result = log["runs"][0]["results"][0]
    where = [place["physicalLocation"] for place in (*result["locations"], *result["relatedLocations"])]
    assert [(w["artifactLocation"]["uri"], w["region"]["startLine"]) for w in where] == [
        ("claims.toml", 6), ("paper.tex", 6),
    ]  # fmt: skip
    assert {f.name for f in (repository.root / "mirrorproof").iterdir()} == {"junit.xml", "gate.sarif", "badge.svg"}


@pytest.mark.slow
def test_what_breaks_nothing_passes(repository: Repository) -> None:
    assert repository.pull_request().returncode == 0
    assert "**Nothing is worse.**" in repository.summary.read_text()
    repository.edit("claims.toml", *BROKEN)
    repository.edit("claims.lock", '"young": {"verdict": "holds"', '"young": {"verdict": "fails"')
    repository.commit()
    assert repository.pull_request(reviewed=True).returncode == 0, "a reviewer took the lock file that came along"
    (repository.root / "claims.toml").write_text("[[claim]]\nid = 'x y'\n")
    assert repository.pull_request().returncode == 2
    assert "**Stopped:** claims.toml: claim number 1" in repository.summary.read_text()


@pytest.mark.slow
def test_the_hook_stops_the_commit(repository: Repository) -> None:
    hook = yaml.safe_load((SAMPLE / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"][0]
    assert repository.shell(hook["entry"]).returncode == 0
    repository.edit("claims.toml", *BROKEN)
    done = repository.shell(hook["entry"])
    assert done.returncode == 1 and "counterexample: x = " in done.stdout
    (repository.root / "claims.lock").unlink()
    done = repository.shell(hook["entry"])
    assert done.returncode == 2 and "`gate --update` writes one" in done.stderr


def test_the_workflow_gives_nothing_away() -> None:
    whole = workflow()
    triggers = whole[True]  # what YAML 1.1 makes of the word on
    assert "pull_request_target" not in triggers
    assert whole["permissions"] == {"contents": "read"}
    scripts = [step["run"] for step in whole["jobs"]["gate"]["steps"] if "run" in step]
    assert not any("${{" in script for script in scripts), "what a stranger names is no part of a script"
    assert any("--no-cache" in script for script in scripts)
    published = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())[0]
    hook = yaml.safe_load((SAMPLE / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"][0]
    assert " ".join([published["entry"], *published["args"]]) == hook["entry"]
    assert published["files"] == hook["files"]
