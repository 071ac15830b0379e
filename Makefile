# make        rebuild everything at the quick tier
# make test   format, lint, types, unit tests and the whole smoke tier
PYTHON ?= python3
# Steps and tests call the tools of the environment by their names.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

# The tools name the folder that they were installed in: in another one they are installed anew.
MOVED := $(shell cd .venv 2>/dev/null && grep -qsF "$$(pwd -P)" bin/activate || echo moved)

AUDITS := tests/workflow/test_audit.py tests/workflow/test_archive.py

.PHONY: all test test-audit test-workflow test-library lock clean moved

all: .venv/installed
	snakemake --cores all

test: .venv/installed
	ruff format --check .
	ruff check .
	snakefmt --check Snakefile workflow
	snakemake --lint
	mypy
	lint-imports
	snakemake --cores all all mutations --config tier=smoke
	audit spot 3 --config tier=smoke
	$(MAKE) --jobs 2 --output-sync test-audit test-library test-workflow
	cat results/smoke/*/verdicts.md

# In two halves, which run beside the library and after it.
test-audit: .venv/installed
	pytest $(AUDITS)

test-workflow: .venv/installed
	pytest tests/workflow $(AUDITS:%=--ignore %)

test-library: .venv/installed
	pytest --ignore tests/workflow --ignore tests/mutation

.venv/installed: requirements.lock pyproject.toml $(MOVED)
	$(PYTHON) -m venv $(if $(MOVED),--clear) .venv
	python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

# Resolve the dependencies of pyproject.toml anew and pin what was found.
lock:
	rm -rf .venv
	$(PYTHON) -m venv .venv
	python -m pip install --quiet hatchling editables
	python -m pip install --quiet --no-build-isolation --editable '.[dev]'
	python -m pip freeze --all --exclude-editable --exclude pip | sed 's/+cpu$$//' > requirements.lock
	sed '/^  - pip:/q' environment.yml > environment.new
	sed 's/^/      - /' requirements.lock >> environment.new
	mv environment.new environment.yml

clean:
	rm -rf results/smoke results/quick results/full
