# Everything works in .venv/; nothing else of the machine is touched. `make help` lists what there is.
PYTHON ?= python3
PORT ?= 8000
HOST ?= 127.0.0.1
BASE_URL ?= http://localhost:$(PORT)
export BASE_URL HOST PORT PYTHONUNBUFFERED = 1

BIN := .venv/bin
FLASK := $(BIN)/flask --app wsgi
CATALOGUE := app/translations/es/LC_MESSAGES/messages.mo
JOBS := $(shell nproc 2>/dev/null || echo 2)

.PHONY: help install run test bench growth prove translations requirements clean

help:  ## list what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## */\1\t/' | expand -t 16

install: .venv/app.done $(CATALOGUE)  ## install into .venv what the product needs

run: install  ## install, migrate, publish the sample content, fill a demo and serve it
	@echo "== the database"; $(FLASK) db upgrade
	@echo "== the content"; $(FLASK) content publish
	@echo "== the demo"; $(FLASK) demo fill
	@DEMO=1 $(FLASK) demo welcome
	@trap 'kill 0' EXIT; $(FLASK) worker & \
	DEMO=1 $(BIN)/gunicorn wsgi:app

test: .venv/test.done $(CATALOGUE)  ## install and run every check: both databases, browser, house, lint, types
	@echo "== browser"; $(BIN)/python -m tests.browser_setup
	@echo "== lint"; $(BIN)/ruff check . && $(BIN)/ruff format --check .
	@echo "== types"; $(BIN)/mypy
	@echo "== content"; $(FLASK) content check
	@echo "== tests on SQLite, house rules, migrations, browser"; $(BIN)/pytest -n $(JOBS)
	@echo "== tests on PostgreSQL"; $(BIN)/pytest -n $(JOBS) --postgresql -m "not once"

bench: .venv/test.done $(CATALOGUE)  ## measure every operation on both databases, beside the limits of the machine
	@$(BIN)/python -m bench

growth: .venv/test.done $(CATALOGUE)  ## measure the same over 1,000, 100,000 and 1,000,000 attempts
	@$(BIN)/python -m bench.growth

prove: .venv/test.done $(CATALOGUE)  ## run the proofs that take too long for the tests
	@$(BIN)/python -m proofs

translations: .venv/app.done  ## take the interface's texts into the catalogues
	$(BIN)/pybabel -q extract -F babel.cfg -k _l -k N_ -k ngettext:1,2 --no-location --sort-output -o .venv/messages.pot app
	$(BIN)/pybabel -q update --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -i .venv/messages.pot -d app/translations -l es

requirements: .venv/test.done  ## pin requirements/*.in with hashes
	$(BIN)/pip install -q pip-tools
	for set in app test; do $(BIN)/pip-compile -q -U --generate-hashes --strip-extras --allow-unsafe --no-header \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
		-o requirements/$$set.txt requirements/$$set.in; done

clean:  ## remove the virtual environment and the demo's data
	rm -rf .venv instance

.venv/app.done: requirements/app.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Acredita needs Python 3.11 or newer: install it, or name it with PYTHON=…"; exit 1; }
	@echo "== installing into .venv (once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
		{ echo "This Python lacks venv: install it (Debian: apt-get install python3-venv)"; exit 1; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/app.txt
	@touch $@

.venv/test.done: .venv/app.done requirements/test.txt
	@echo "== installing the tools of the tests (once)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/test.txt
	@touch $@

%.mo: %.po .venv/app.done
	@$(BIN)/pybabel -q compile -i $< -o $@
