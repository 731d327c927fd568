# Two commands: `make run` and `make test`. Both do all set-up by themselves.
# Recipes name the environment's Python, never its scripts, so that a folder
# with spaces in its path, or one that was moved, works.

SHELL := /bin/sh
PORT ?=
export PORT

VENV_PYTHON := .venv/bin/python
STATIC_SOURCES := $(shell find static -type f 2>/dev/null)

.PHONY: run test lint setup help clean

help:
	@echo "make run     set up if needed, then serve Quo Admin (PORT=9000 moves it)"
	@echo "make test    set up if needed, then run every test"
	@echo "make lint    the linters and the type checker"
	@echo "make setup   set up only"

run: setup
	@exec $(VENV_PYTHON) manage.py run

test: .venv/installed-dev
	$(VENV_PYTHON) -m pytest $(ARGS)

lint: .venv/installed-dev
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m mypy

setup: .venv/installed build/collected
	@$(VENV_PYTHON) -m quo_admin.prepare

.venv/installed: requirements.txt
	@sh bin/make-venv
	@echo "Installing what Quo Admin needs (a minute, once) ..."
	@$(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installing what the tests need (a minute, once) ..."
	@$(VENV_PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

build/collected: .venv/installed $(STATIC_SOURCES)
	@$(VENV_PYTHON) -m quo_admin.prepare
	@$(VENV_PYTHON) manage.py collectstatic --no-input --clear --verbosity 0
	@touch $@

clean:
	rm -rf .venv build
