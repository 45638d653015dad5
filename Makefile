# A fresh clone needs only a Python from 3.12 on: `make run`, `make test`.
SHELL := /bin/sh
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run test slow serve evidence setup bench claims docs package clean

run: .venv/core.stamp
	$(BIN)/ornok run --seeds 10

test: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/pytest -q -n 2 --dist worksteal

# The browser app on this machine, until Ctrl-C.
serve: .venv/app.stamp
	$(BIN)/ornok serve

# The model against published findings: about an hour; renews docs/evidence.md. QUICK=1: minutes, no page.
evidence: .venv/dev.stamp
	$(BIN)/ornok evidence $(if $(QUICK),--quick,--save)

# The tests that take minutes: twenty seeds at the reference scale, calibrations of twins.
slow: .venv/dev.stamp
	$(BIN)/pytest -q -m evidence

setup: .venv/dev.stamp

# Some minutes. QUICK=1: small sizes; SAVE=1: renew the committed table and docs/speed.md.
bench: .venv/core.stamp
	$(BIN)/python -m experiments.benchmark $(if $(QUICK),--quick) $(if $(SAVE),--save)

# The site, in site/: strict, without the network.
docs: .venv/dev.stamp
	$(BIN)/mkdocs build --strict --quiet

# The thirteen claims at a small setting: some minutes on two cores.
claims: .venv/dev.stamp
	$(BIN)/ornok claims --quick

# Wheel and sdist, each installed in an environment of its own and used away from here: some minutes.
package: .venv/dev.stamp
	.ci/package

clean:
	rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache

# A name on the path may be a shim that fails, or an older Python: each is tried by running it.
.venv/bin/python:
	@for python in python3.13 python3.12 python3.14 python3 python; do \
		if $$python -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then \
			echo "making .venv with $$python"; \
			exec $$python -m venv --clear .venv; \
		fi; \
	done; \
	echo "No Python from 3.12 on (with venv) was found. Install one, then try again." >&2; exit 1

# Installed again only when what is wanted has changed. The development tools include the core,
# so `make run` after `make test` installs nothing.
.venv/core.stamp: pyproject.toml constraints.txt | .venv/bin/python
	@echo "installing"
	@if [ -e .venv/dev.stamp ]; then $(PIP) install -c constraints.txt -e '.[dev]' && touch .venv/dev.stamp; \
	else $(PIP) install -c constraints.txt -e .; fi
	@touch $@

.venv/app.stamp: pyproject.toml constraints.txt | .venv/bin/python
	@echo "installing, with the browser app"
	@if [ -e .venv/dev.stamp ]; then $(PIP) install -c constraints.txt -e '.[dev]' && touch .venv/dev.stamp; \
	else $(PIP) install -c constraints.txt -e '.[app]'; fi
	@touch .venv/core.stamp $@

.venv/dev.stamp: pyproject.toml constraints.txt | .venv/bin/python
	@echo "installing, with the tools for tests"
	@$(PIP) install -c constraints.txt -e '.[dev]'
	@touch .venv/core.stamp .venv/app.stamp $@
