# Everything sets itself up: Python 3.11 or newer, make and a package registry are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SEED ?= 7
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run test check bench seeds evaluate console e2e clean

run: $(VENV)/.run  ## the night of 4 January 2022, from first plot to report
	$(BIN)/bartizan run --seed $(SEED)

test: $(VENV)/.dev check  ## every check and every test
	BARTIZAN_WRAP_INNER=1 $(BIN)/python -m pytest -q -n 2 --dist loadfile

check: $(VENV)/.dev  ## format, lint, types, import rules
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

seeds: $(VENV)/.run  ## the share of raids stopped over 200 seeds, with its interval
	$(BIN)/bartizan run --seed 0 --seeds 200

bench: $(VENV)/.run  ## the peers' benchmark: see benchmarks/README.md
	$(BIN)/python benchmarks/table.py

console:  ## the console's page from web/ into the package; needs Node 20 or newer, only to change it
	cd web && npm ci --no-audit --no-fund && npm run build

e2e: $(VENV)/.e2e  ## the console in a browser; CHROMIUM=path, BARTIZAN_E2E_URL=another service
	BARTIZAN_E2E=1 $(BIN)/python -m pytest -q tests/e2e

$(VENV)/.run: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -c constraints.txt -e .
	touch $@

$(VENV)/.dev: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[dev]'
	touch $@ $(VENV)/.run

$(VENV)/.e2e: $(VENV)/.dev
	$(BIN)/python -m pip install -q -c constraints.txt -e '.[e2e]'
	touch $@

clean:  ## the virtual environment and all runs
	rm -rf $(VENV) runs
