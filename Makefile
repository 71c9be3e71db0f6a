# Every verb works from a clean clone and can be run again.
.DEFAULT_GOAL := help
.PHONY: help install run test lint fix coverage bench docs demo-reset why lock
PYTHON ?= python3
BIN := .venv/bin
PYTEST_WORKERS ?= 2

help: ## Show the verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

install: ## Set up everything that is needed, into .venv and node_modules
	@$(PYTHON) scripts/bootstrap

run: install ## Serve the demo group at http://127.0.0.1:8000 (PORT, GUIJU_DATA_DIR, DATABASE_URL, GUIJU_DEMO=0)
	@GUIJU_DEMO=$${GUIJU_DEMO-1} exec $(BIN)/guiju serve

test: ## Lint, then all tests, browser tests included
	@$(PYTHON) scripts/bootstrap --browser
	@$(MAKE) --no-print-directory checks
	$(BIN)/pytest -n $(PYTEST_WORKERS) --dist worksteal $(ARGS)

.PHONY: checks
checks:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lint: install checks ## ruff, mypy, import fences

fix: install ## Let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

coverage: install ## Which clauses of the inventory are live (INVENTORY=path of its check), and line coverage of the tests
	@if [ -x "$${INVENTORY:-../shared/check/coverage}" ]; then "$${INVENTORY:-../shared/check/coverage}"; else echo "no inventory beside this checkout"; fi
	$(BIN)/pytest -n $(PYTEST_WORKERS) --cov=guiju --cov-report=term:skip-covered -q

bench: install ## Measure, each figure beside its floor, into bench/RESULTS.md
	$(BIN)/python -m bench

docs: install ## Build the documentation into docs/_build
	$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build

demo-reset: install ## Throw the demo group away and load it anew
	$(BIN)/guiju demo reset

why: ## Everything that names a clause: make why ID=R05-C027
	@scripts/why $(ID)

lock: install ## Write the lock files anew
	scripts/lock $(ARGS)
