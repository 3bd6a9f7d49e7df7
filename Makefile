# 界址 Jiezhi.  A fresh Debian or Ubuntu needs git, make and Python >= 3.11; `make run` and `make test` install the
# rest, once. What is installed where: system packages by .ci/packages, Python packages in .venv as constraints.txt
# says, page assets in api/static/vendor.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help run test lint bench stop installed constraints system-run system-test assets

PYTHON := $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
# Tests wait for servers and browsers: one more of them than processors keeps all busy. Files begin in their own order,
# for the longest have few tests, and whoever begins those last ends alone.
WORKERS := $(shell n=$$(nproc); echo $$((n < 4 ? n + 1 : 4)))
# An environment is good for one place and one Python: it is made anew when either changes.
MADE := .venv/.made-$(shell echo "$(CURDIR) $$($(or $(PYTHON),false) -V 2>&1)" | cksum | cut -d' ' -f1)
PIP := .venv/bin/python -m pip --quiet --disable-pip-version-check --no-input

help:
	@echo 'make run    装好所缺,启动示例县 / install what is missing, serve the sample county'
	@echo 'make test   CI 所做的全部检查 / everything that CI runs'
	@echo 'make lint   只查代码 / only read the code'
	@echo 'make bench  比较速度 / compare speed with peers'
	@echo 'make stop   停止服务与内置数据库 / stop the server and the embedded database'

run: system-run .venv/.run assets
	@exec "$(CURDIR)/.venv/bin/jiezhi" serve --demo

test: system-test .venv/.test assets
	.venv/bin/ruff check
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/pytest --numprocesses=$(WORKERS) --dist=loadfile --no-loadscope-reorder

lint: system-test .venv/.test
	.venv/bin/ruff check
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: system-test .venv/.test assets
	.venv/bin/pytest -m benchmark

installed: system-test .venv/.test assets

# Commands of this very checkout are asked to end; then a server that a killed command left behind is stopped.
stop:
	@for process in /proc/[0-9]*; do \
	  { mapfile -d '' words <"$$process/cmdline"; } 2>/dev/null || continue; \
	  [ "$${words[1]:-}" = "$(CURDIR)/.venv/bin/jiezhi" ] || continue; \
	  kill "$${process#/proc/}" 2>/dev/null || true; \
	  for tenth in {1..300}; do [ -e "$$process" ] && sleep 0.1 || break; done; \
	done
	@[ ! -x .venv/bin/python ] || .venv/bin/python -c \
	  'from gis.cluster import stop; from gis.settings import settings; stop(settings().var)'

system-run system-test: system-%:
	@[ -n "$(PYTHON)" ] || { echo "需要 Python 3.11 或更新 / Python 3.11 or newer is needed" >&2; exit 1; }
	@.ci/packages $* "$(PYTHON)"

$(MADE):
	@if compgen -G '.venv/.made-*' >/dev/null; then rm -rf .venv; fi
	@.venv/bin/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear .venv
	@touch $@

.venv/.run: $(MADE) pyproject.toml constraints.txt
	@echo "安装 Python 软件包(约一分钟) / installing Python packages (about a minute)"
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

.venv/.test: $(MADE) pyproject.toml constraints.txt
	@echo "安装 Python 软件包与测试工具(约两分钟) / installing Python packages and test tools (about two minutes)"
	@$(PIP) install --constraint constraints.txt --editable '.[test]'
	@.ci/browser
	@touch .venv/.run $@

assets: .venv/.run
	@[ ! -e api/assets.py ] || .venv/bin/python -m api.assets

# Takes the newest versions of everything. Run it, then the tests, then commit the difference.
constraints: system-run
	@rm -rf var/fresh && $(PYTHON) -m venv var/fresh
	@var/fresh/bin/python -m pip --quiet install --editable '.[test]'
	@var/fresh/bin/python -m pip freeze --exclude-editable >constraints.txt
	@rm -rf var/fresh
