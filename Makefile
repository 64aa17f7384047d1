# make verify   verify the papers' claims and write the proof report (its path is the last line printed);
#               CLAIMS="A B": these alone
# make test     lint, types, layers and the tests
# make lock     write requirements/*.txt again

PYTHON ?= $(shell for p in python3.12 python3.11 python3.13 python3 python; do \
  $$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1 && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
# tests that load torch or compile; apart, because every prover is forked from a worker, the quicker the smaller it is
HEAVY := tests/training tests/numerics tests/verify/test_train.py
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile -q --upgrade --strip-extras --allow-unsafe \
  --build-deps-for editable --no-emit-index-url --no-emit-find-links --no-emit-trusted-host pyproject.toml

.PHONY: verify test lock clean

verify: $(VENV)/core
	@status=0; $(BIN)/mirrorproof run --jobs $(WORKERS) $(CLAIMS) || status=$$?; \
	$(BIN)/mirrorproof report --format html && exit $$status

test: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n $(WORKERS) $(HEAVY:%=--ignore=%)
	$(BIN)/pytest -n $(WORKERS) $(HEAVY)

$(VENV)/core: requirements/core.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed: make PYTHON=..."; exit 2; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -r requirements/core.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# torch first and with what it needs: a build for GPUs needs libraries that the locks, made with one for CPUs, do not name
$(VENV)/dev: $(VENV)/core requirements/dev.txt requirements/train.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements/torch.in -c requirements/core.txt -c requirements/train.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -r requirements/train.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -r requirements/dev.txt
	@touch $@

lock: $(VENV)/core
	$(BIN)/python -m pip install -q pip-tools
	$(COMPILE) -o requirements/core.txt
	$(COMPILE) --extra dev -c requirements/torch.in -o requirements/dev.txt
	$(COMPILE) --extra train --extra folders -c requirements/torch.in -c requirements/core.txt -o requirements/train.txt
	sed -i.old 's/^\(torch==[0-9.]*\)+cpu/\1/' requirements/train.txt && rm requirements/train.txt.old
	echo 'appnope==0.1.4 ; sys_platform == "darwin"  # of ipykernel, there alone' >> requirements/dev.txt

clean:
	rm -rf $(VENV) .mirrorproof report build *.egg-info
