# Everything goes through here: `make run`, `make test`, `make check`. Set-up happens by itself, once, into .venv/.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := var/demo/.ready

.PHONY: run serve test check bench setup clean

run: $(READY)
	@$(BIN)/xuncha demo || [ $$? -eq 1 ]  # 1: the month holds findings, as it should

serve: $(READY) $(DEMO)
	@$(BIN)/xuncha serve --demo

$(DEMO): $(READY)
	@$(BIN)/xuncha demo --keep --out var/demo || [ $$? -eq 1 ]
	@touch $@

test: $(READY)
	@$(BIN)/python -m pytest -n 2 --dist loadfile
	@$(BIN)/python -m pytest -n 2 --dist loadfile --store=postgresql  # those that touch a store, on a real PostgreSQL

bench: $(READY)
	@$(BIN)/python -m bench

check: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest -q tests/test_layers.py

setup: $(READY)

$(READY): pyproject.toml constraints.txt deploy/setup.sh
	@PYTHON="$(PYTHON)" sh deploy/setup.sh "$(VENV)"
	@touch $@

clean:
	rm -rf $(VENV) out var .pytest_cache .mypy_cache .ruff_cache
