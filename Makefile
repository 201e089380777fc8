# make demo · make test · make check · make bench: docs/README.md says more.
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
export PYTHONDONTWRITEBYTECODE ?=

.PHONY: demo demo-reset test check bench shots browser lock format

demo: $(VENV)/installed
	@$(PY) -m portal.local demo

demo-reset: $(VENV)/installed
	@$(PY) -m portal.local reset

test: $(VENV)/installed
	@$(PY) -m pytest $(ARGS)

bench: $(VENV)/installed
	@$(PY) -m bench $(ARGS)

# The environment is made again whenever the lock changes. uv installs six times as fast as pip, and checks every hash.
$(VENV)/installed: requirements-dev.lock requirements-uv.lock
	@echo "  Virtual environment and locked dependencies …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: PYTHON=python3.12 make demo."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python's venv module is missing: install it first (Debian and Ubuntu: apt-get install python3-venv)."; exit 1; }
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@$(VENV)/bin/uv pip sync --quiet --require-hashes --python $(PY) requirements-dev.lock
	@touch $@
