# PeerLearn in two commands: `make run` and `make test`. `make help` lists the others.

VENV ?= .venv
# How many processes run the tests.
WORKERS ?= auto

PYTHON := $(VENV)/bin/python
NEXT_AUTH := tests/e2e/next_auth
PYTEST := $(PYTHON) -m pytest
SOURCES := peerlearn common audit catalog accounts notifications messaging payments sessions_app courses bookings matching support privacy adminpanel api

# A variable counts as set when the environment or the file .env sets it.
is_set = $(or $($(1)),$(shell sed -n 's/^ *$(1) *= *//p' .env 2>/dev/null))
# Of `make lint`, the slowest first: two run at a time.
CHECKS := types openapi security migrations settings templates imports style audit
RUN_LOCK := $(if $(call is_set,REDIS_URL),requirements-prod.txt,requirements.txt)

# `check --deploy` looks at the settings of a production site; these are its made-up values.
PRODUCTION := env PEERLEARN_DEBUG=false \
	PEERLEARN_SECRET_KEY=made-up-for-the-check-$(shell printf '%050d' 7)-aBcDeFgHiJk \
	PEERLEARN_ALLOWED_HOSTS=peerlearn.example PEERLEARN_PUBLIC_URL=https://peerlearn.example

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-all lint bench clean install install-dev install-node $(CHECKS:%=check-%)

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: $(VENV)/.installed-$(RUN_LOCK) ## Start everything on HOST:PORT, with demo data; `make run PORT=9000`
	@$(if $(call is_set,PEERLEARN_DEBUG),,export PEERLEARN_DEBUG=true;) exec $(PYTHON) manage.py serve --demo

test: install-dev ## Run the fast tests (SQLite unless DATABASE_URL is set)
	@$(PYTEST) -n $(WORKERS) -m "not slow" $(ARGS)

test-all: install-dev ## Run every test, those that start servers, browsers and databases too
	@$(PYTEST) -n $(WORKERS) $(ARGS)

bench: install-dev ## Measure speed (needs PostgreSQL, Redis, wrk and pgbench)
	@$(PYTHON) -m tests.load.bench $(ARGS)
	@$(if $(ARGS),,$(PYTHON) -m tests.load.fan_out)

lint: install-dev ## Check style, types, imports, security, settings, migrations and the schema
	@$(MAKE) --no-print-directory -j2 $(CHECKS:%=check-%)

check-types:
	@echo "mypy";            PEERLEARN_DEBUG=true $(VENV)/bin/mypy $(SOURCES) manage.py
check-openapi:
	@echo "openapi";         PEERLEARN_DEBUG=true $(PYTHON) manage.py spectacular --validate --fail-on-warn --file /dev/null
check-security:
	@echo "bandit";          $(VENV)/bin/bandit --quiet --recursive --severity-level medium $(SOURCES)
check-migrations:
	@echo "migrations";      PEERLEARN_DEBUG=true $(PYTHON) manage.py makemigrations --check --dry-run
check-settings:
	@echo "check --deploy";  $(PRODUCTION) $(PYTHON) manage.py check --deploy --fail-level WARNING
check-templates:
	@echo "djlint";          $(VENV)/bin/djlint --quiet --lint --check $(wildcard */templates api/*/templates)
check-imports:
	@echo "import-linter";   $(VENV)/bin/lint-imports --no-cache --no-logo
check-style:
	@echo "ruff";            $(VENV)/bin/ruff check --quiet .
	@echo "ruff format";     $(VENV)/bin/ruff format --quiet --check --diff .
check-audit:
	@echo "pip-audit";       $(PYTHON) .ci/audit.py

clean: ## Remove the environment and every cache; demo data stays
	@rm -rf $(VENV) $(NEXT_AUTH)/node_modules build htmlcov .coverage* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +

install: $(VENV)/.installed-$(RUN_LOCK)

install-dev: $(VENV)/.installed-requirements-dev.txt ## Install what tests and the WebSocket client of the tour need

install-node: $(NEXT_AUTH)/node_modules ## Install the next-auth client that one test drives (needs Node.js and npm)

$(NEXT_AUTH)/node_modules: $(NEXT_AUTH)/package-lock.json
	@cd $(NEXT_AUTH) && npm ci --silent && touch node_modules

# One stamp a lock file: nothing is installed again until the lock changes.
$(VENV)/.installed-%: % | $(PYTHON)
	@echo "Installing $< into $(VENV) (once; a minute or two) ..."
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --no-input --require-hashes --requirement $<
	@touch $@

$(PYTHON):
	@$(find_python); echo "Making $(VENV) with $$python ..."; \
	  "$$python" -m venv $(VENV) || { rm -rf $(VENV); echo "Python could not make the environment $(VENV)." >&2; exit 1; }

define find_python
for python in python3.11 python3.12 python3.13 python3 ""; do \
  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && break; \
done; \
[ -n "$$python" ] || { echo "PeerLearn needs Python 3.11 or newer, and none was found on this machine." >&2; exit 1; }; \
"$$python" -c 'import venv, ensurepip' 2>/dev/null || \
  { echo "Python's venv module is missing; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
endef
