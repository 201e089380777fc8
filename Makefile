PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# Compiled once, not at each start: that is half of a start's time.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help demo demo-reset test prove prove-part check style types templates imports migrations translated locks words format translations lock browser shots bench

help: ## this list
	@grep -hE '^[a-z-]+:.* ## ' Makefile | sed -E 's/^([a-z-]+):.* ## (.*)/  make \1|\2/' | column -t -s '|'

demo: $(VENV)/installed ## the whole portal with demo data on http://localhost:8000/ (PORT, PORTAL_HOME)
	@$(PY) -m portal.local demo

demo-reset: $(VENV)/installed ## throw the demo's data away
	@$(PY) -m portal.local reset

test: $(VENV)/installed ## every test, on embedded servers of its own (ARGS="-k wall")
	@$(PY) -m pytest $(ARGS)

prove: $(VENV)/installed ## what takes too long for every run: the demo walked and attacked as everybody
	@EVERYTHING=1 $(PY) -m pytest -n 0 -v tests/prove tests/policy/test_bad_input.py tests/policy/test_access.py $(WIDER) $(ARGS)

# Tests of every run that look at less there (tests/breadth.py).
WIDER := tests/browser/test_public_pages.py tests/portal/local/test_demo.py tests/races/test_two_web_processes.py \
	tests/renewals/test_sixty_days.py tests/portal/web/test_pdf.py

# The fixed part of it that .ci/run takes: some three minutes of its twenty. Pytest prints the seconds.
PART := tests/prove/test_migrate.py tests/prove/test_journeys_staff.py::test_removal_and_restoration \
	tests/prove/test_journeys_partners.py::test_from_the_application_to_a_valid_certificate

prove-part: $(VENV)/installed ## a journey of partners, one of staff, and our migrate against Django's
	@$(PY) -m pytest -n 0 -v $(PART) -k "migrate or removal or desktop" $(ARGS)

# --- What needs no server: seconds --------------------------------------------------------------------------------
check: style types templates imports migrations translated locks words ## style, types, templates, imports, migrations, translations, locks
	@echo "All checks passed."

style: $(VENV)/installed
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/ruff format --quiet --check . || { echo "Not formatted: make format"; exit 1; }

types: $(VENV)/installed
	@$(VENV)/bin/mypy --no-error-summary

templates: $(VENV)/installed
	@$(VENV)/bin/djlint --lint --quiet templates

imports: $(VENV)/installed
	@report=$$($(VENV)/bin/lint-imports --no-logo 2>&1) || { echo "$$report"; exit 1; }

migrations: $(VENV)/installed
	@$(PY) -W ignore manage.py makemigrations --settings=portal.local.settings --check --dry-run --verbosity=1

translated: $(VENV)/installed
	@$(PY) -W ignore manage.py translations --check --settings=portal.local.settings

# Compiled again with the present lock as the starting point, nothing moves unless pyproject.toml asked for it.
COMPILE := $(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate

locks: $(VENV)/installed
	@set -e; new=$$(mktemp -d); trap 'rm -rf "$$new"' EXIT; cp requirements.lock requirements-dev.lock "$$new"; \
	$(COMPILE) --extra s3 pyproject.toml -o "$$new/requirements.lock" >/dev/null 2>&1; \
	$(COMPILE) -c "$$new/requirements.lock" --group dev pyproject.toml -o "$$new/requirements-dev.lock" >/dev/null 2>&1; \
	for lock in requirements.lock requirements-dev.lock; do \
	  cmp -s "$$lock" "$$new/$$lock" || { echo "$$lock does not fit pyproject.toml: make lock"; exit 1; }; \
	done

# Where packages come from and where this folder lies is the machine's business, not the repository's.
words:
	@! git grep -nIE '://' -- '*.lock' || { echo "No addresses in lock files."; exit 1; }
	@! git grep -nIE '(^|[^.[:alnum:]_-])/(root|Users|home/[a-z]+|$(word 1,$(filter-out tmp app src srv opt var usr home,$(subst /, ,$(CURDIR))) root))/' || { echo "No folders of one machine."; exit 1; }

format: $(VENV)/installed ## format the code
	@$(VENV)/bin/ruff check --quiet --fix-only .
	@$(VENV)/bin/ruff format --quiet .

translations: $(VENV)/installed ## collect the marked strings into portal/locale, and compile them
	@$(PY) -W ignore manage.py translations --settings=portal.local.settings

lock: $(VENV)/installed ## lock the dependencies again after a change of pyproject.toml
	@$(COMPILE) --extra s3 pyproject.toml -o requirements.lock
	@$(COMPILE) -c requirements.lock --group dev pyproject.toml -o requirements-dev.lock

browser: ## Chromium and a Japanese font for the browser tests, by apt-get if they are missing
	@if command -v chromium >/dev/null && fc-list :lang=ja | grep -q .; then echo "Chromium and a Japanese font are here."; else \
	  as=; if [ "$$(id -u)" != 0 ]; then as=sudo; command -v sudo >/dev/null || { \
	    echo "Chromium or a Japanese font is missing, and installing them needs root: apt-get install chromium fonts-noto-cjk"; exit 1; }; fi; \
	  echo "Installing chromium and fonts-noto-cjk with apt-get …"; \
	  $$as apt-get update -qq && $$as apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null; fi

shots: $(VENV)/installed ## pictures of the main pages for docs/pictures/
	@$(PY) -m tests.browser.shots

bench: $(VENV)/installed ## pages, mail, files, sign-in measured
	@$(PY) -m bench $(ARGS)

# The environment is made again whenever the lock changes. uv installs six times as fast as pip, and checks every hash.
$(VENV)/installed: requirements-dev.lock requirements-uv.lock
	@echo "  Virtual environment and locked dependencies …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { echo "Python 3.11 or newer is needed: PYTHON=python3.12 make demo."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing: install it first (Debian and Ubuntu: apt-get install python3-venv)."; exit 1; }
	@$(PYTHON) -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@$(VENV)/bin/uv pip sync --quiet --require-hashes --python $(PY) requirements-dev.lock
	@touch $@
