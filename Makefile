# Shirube. Needs Python 3.11 or newer and make; everything else is installed into .venv.

PORT ?= 8000
HOST = 127.0.0.1
TEST_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/postgres
TEST_CACHE_URL ?= redis://127.0.0.1:6379/15
ARGS =

VENV = .venv
PYTHON = $(VENV)/bin/python
# One process per core; the tests of a file share what they load. In their own order: sorted by
# the number of their tests, the few long ones of the browser would come last, one after another.
PYTEST = $(PYTHON) -m pytest --numprocesses auto --dist loadfile --no-loadscope-reorder
PIP = $(PYTHON) -m pip install --quiet --disable-pip-version-check
TEMPLATES = $$(find . -path ./$(VENV) -prune -o -path ./node_modules -prune -o -path '*/templates/*.html' -print)

.PHONY: help run test lint format audit bench year fixtures venv requirements requirements-dev

help: ## list the targets
	@echo "make run               install, load the plans and serve them (PORT=8000)"
	@echo "make test              all tests; those of the database on PostgreSQL where it answers (ARGS=…)"
	@echo "make lint              ruff, djade and mypy"
	@echo "make format            let ruff and djade rewrite the files"
	@echo "make fixtures          write the shipped plans anew after the frozen format has changed"
	@echo "make bench             seconds and queries of common tasks, beside those of others"
	@echo "make year              watch a year of the sample town in Chromium (ARGS='--slow 500')"
	@echo "make audit             every page in a real browser (ARGS=--sample for one page per kind)"

run: requirements
	@HOST="$(HOST)" PORT="$(PORT)" $(PYTHON) deploy/trial.py

# The first run never sees PostgreSQL: an empty address means SQLite (tests/environment.py). Its
# tables are made from the models: the site its browser visits is migrated, and the second run is.
# Where PostgreSQL answers, the tests of the database are its own; both run those of what differs.
test: requirements-dev
	@if $(PYTHON) -m tests.services "$(TEST_DATABASE_URL)"; \
		then first="not postgresql or both_databases"; else first=; fi; \
	run() { "$$@" || [ $$? -eq 5 -a -n "$(ARGS)" ]; }; \
	echo "== Tests on SQLite"; \
	run env TEST_DATABASE_URL= TEST_CACHE_URL= $(PYTEST) --nomigrations -m "$$first" $(ARGS) \
		|| exit 1; \
	if [ -n "$$first" ]; then \
		if $(PYTHON) -m tests.services "$(TEST_CACHE_URL)"; \
			then cache="$(TEST_CACHE_URL)"; else cache=; fi; \
		echo "== Tests on PostgreSQL, cache: $${cache:-local}"; \
		run env TEST_DATABASE_URL="$(TEST_DATABASE_URL)" TEST_CACHE_URL="$$cache" \
			$(PYTEST) -m postgresql $(ARGS); \
	elif [ -n "$(REQUIRE_SERVICES)" ]; then exit 1; \
	else echo "== PostgreSQL is not reachable: SQLite alone is tested (set TEST_DATABASE_URL)"; fi

lint: requirements-dev
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(VENV)/bin/djade --check --target-version 5.2 $(TEMPLATES)
	@$(PYTHON) -m mypy

format: requirements-dev
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .
	@$(VENV)/bin/djade --target-version 5.2 $(TEMPLATES) || true

audit: requirements-dev node_modules/vnu-jar/package.json
	@$(PYTHON) -m tests.audit $(ARGS)

bench: requirements-dev
	@$(PYTHON) -m tests.bench

year: requirements-dev
	@$(PYTHON) -m tests.lived_year $(ARGS)

fixtures: requirements
	@$(PYTHON) deploy/rebuild_fixtures.py

# The Nu Html Checker of the W3C; it needs Java.
node_modules/vnu-jar/package.json: package.json
	@command -v npm >/dev/null && command -v java >/dev/null \
		|| { echo "make audit needs npm and java (the HTML validator)." >&2; exit 1; }
	@npm install --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

# Installed again only when the content of a requirements file changes, not its time.
requirements: venv
	@cmp -s requirements.txt $(VENV)/requirements.txt || { \
		echo "Installing requirements.txt …" \
		&& $(PIP) -r requirements.txt && cp requirements.txt $(VENV)/requirements.txt; }

requirements-dev: requirements
	@cat requirements.txt requirements-dev.txt | cmp -s - $(VENV)/requirements-dev.txt || { \
		echo "Installing requirements-dev.txt …" \
		&& $(PIP) -r requirements-dev.txt \
		&& cat requirements.txt requirements-dev.txt > $(VENV)/requirements-dev.txt; }

# The candidates are run, not only looked up: a name on the PATH may lead to nothing.
venv:
	@$(PYTHON) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && exit; \
	found=; \
	for python in python3.11 python3.12 python3.13 python3.14 python3; do \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		found=$$python; \
		$$python -c 'import ensurepip, venv' 2>/dev/null || continue; \
		echo "Creating $(VENV) with $$python …"; \
		exec $$python -m venv --clear $(VENV); \
	done; \
	if [ -n "$$found" ]; then \
		echo "$$found lacks the modules venv and ensurepip (Debian: apt install python3-venv)." >&2; \
	else echo "Python 3.11 or newer was not found on the PATH." >&2; fi; \
	exit 1
