# Everything a developer or an operator runs. `make demo` and `make test` need nothing
# but Python 3.11 or newer with pip, and make: they do their own set-up.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
RUNTIME := $(VENV)/.runtime-installed
TOOLS := $(VENV)/.tools-installed
SOURCES := loyalty_site members points surveys reports tests manage.py
TEMPLATES = $(shell find templates -name '*.html')
# One more than there are processors: the tests of flows wait for workers and browsers.
WORKERS ?= 3
# Where DATABASE_URL and REDIS_URL are set, the same commands use those servers.
export TRYOUT ?= on
# Compiled modules stay out of the tree, and are kept even where the shell says otherwise:
# without them every start takes three seconds more.
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(VENV)/pycache
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo run test test-fast check format bench prove messages lock \
	update-vendor system-packages clean

help:  ## Show these targets.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort \
		| awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

# Trying out -------------------------------------------------------------------

demo: $(RUNTIME)  ## Run the whole program with sample data; Ctrl-C stops it.
	@$(PY) manage.py demo

run: $(RUNTIME)  ## Run the web server alone, reloading as the code changes.
	@DEBUG=on $(PY) manage.py migrate --verbosity 0 && DEBUG=on $(PY) manage.py runserver

# Checking ---------------------------------------------------------------------

test: system-packages check  ## Everything that CI checks.
	@$(PY) manage.py compile_catalogs
	@$(PY) -m pytest --numprocesses $(WORKERS) --dist worksteal

test-fast: $(TOOLS)  ## The tests without a browser, on the database of the last run.
	@$(PY) -m pytest --numprocesses $(WORKERS) --dist worksteal --reuse-db -m "not system"

check: $(TOOLS)  ## Lint, types, imports, templates, migrations, production settings.
	@echo "Lint ..."
	@$(BIN)/ruff check --quiet $(SOURCES)
	@$(BIN)/ruff format --check --quiet $(SOURCES)
	@echo "Types ..."
	@$(BIN)/mypy --no-error-summary $(SOURCES)
	@echo "Imports ..."
	@$(BIN)/lint-imports --no-cache > $(VENV)/imports.log || (cat $(VENV)/imports.log; false)
	@echo "Templates ..."
	@$(BIN)/djade --check --target-version 5.2 $(TEMPLATES)
	@$(BIN)/djhtml --check --tabwidth 2 $(TEMPLATES) > $(VENV)/djhtml.log 2>&1 \
		|| (cat $(VENV)/djhtml.log; false)
	@$(BIN)/djlint --lint --quiet templates
	@echo "Migrations ..."
	@$(PY) manage.py makemigrations --check --dry-run --verbosity 0
	@echo "Production settings ..."
	@TRYOUT=off SECRET_KEY=$$($(PY) -c "import secrets; print(secrets.token_urlsafe(50))") \
		ALLOWED_HOSTS=perennial.example SITE_URL=https://perennial.example \
		DATABASE_URL=postgresql://nobody@nowhere.invalid/perennial \
		REDIS_URL=redis://nowhere.invalid EMAIL_URL=smtp://nowhere.invalid \
		$(PY) manage.py check --deploy --fail-level WARNING > $(VENV)/check.log 2>&1 \
		|| (cat $(VENV)/check.log; false)

format: $(TOOLS)  ## Put code and templates into their form.
	@$(BIN)/ruff format --quiet $(SOURCES)
	@$(BIN)/djade --target-version 5.2 $(TEMPLATES) || true
	@$(BIN)/djhtml --tabwidth 2 $(TEMPLATES)

bench: $(TOOLS)  ## Measure the product beside the raw floor (BENCH="--only earn").
	@$(PY) -m tests.bench $(BENCH)

prove: $(TOOLS)  ## The long version of the property, race and crash tests.
	@HYPOTHESIS_PROFILE=prove $(PY) -m pytest --numprocesses $(WORKERS) -m "proof or long"

# Keeping ----------------------------------------------------------------------

messages: $(TOOLS)  ## Gather the strings to translate (needs gettext).
	@$(PY) manage.py makemessages -l zh_Hans -l zh_Hant --no-wrap --no-location \
		--ignore '.venv/*' --ignore 'var/*' --ignore 'tests/*' --ignore 'static/vendor/*'

lock:  ## Compile requirements*.in to the pinned requirements*.txt.
	@$(PY) -m pip install --quiet uv
	@for name in requirements requirements-tryout tests/requirements; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 \
			$$name.in -o $$name.txt $(LOCK_OPTIONS); done

update-vendor: $(RUNTIME)  ## Fetch the vendored front-end files again (needs npm).
	@$(PY) loyalty_site/vendor.py

clean:  ## Remove what the other targets made, the data of the demo too.
	rm -rf $(VENV) var staticfiles .mypy_cache .ruff_cache .pytest_cache .hypothesis

# Set-up -----------------------------------------------------------------------

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) \
		and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3 ...")'
	@echo "Making a virtual environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || $(PYTHON) -m venv --clear --without-pip $(VENV)

# Where Python came without ensurepip, the machine's pip installs into the environment.
PIP = $$(test -x $(BIN)/pip && echo $(PY) -m pip || echo $(PYTHON) -m pip --python $(PY)) \
	install --quiet --no-compile --disable-pip-version-check --root-user-action=ignore

$(RUNTIME): requirements.txt requirements-tryout.txt | $(PY)
	@echo "Installing the program and its try-out servers ..."
	@$(PIP) -r requirements.txt -r requirements-tryout.txt
	@touch $@

$(TOOLS): tests/requirements.txt $(RUNTIME)
	@echo "Installing the tools of the tests ..."
	@$(PIP) -r tests/requirements.txt
	@touch $@

# The browser, Chinese glyphs and gettext are packages of the system. Without root or
# apt the tests that need them are skipped and say so.
system-packages:
	@missing=""; \
	command -v chromium >/dev/null || [ -n "$$CHROMIUM" ] || missing="$$missing chromium"; \
	command -v xgettext >/dev/null || missing="$$missing gettext"; \
	fc-list 2>/dev/null | grep -q 'NotoSansCJK\|Noto Sans CJK' || missing="$$missing fonts-noto-cjk"; \
	[ -z "$$missing" ] && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing$$missing ..."; \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
			apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	else echo "Not installed:$$missing. The tests that need them are skipped."; fi
