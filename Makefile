# 绩问 JiWen. `make run` serves the chat, `make test` runs every check. See README.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
TORCH := torch==2.13.0
# Byte code is written when a module is first used: compiling all of torch would take minutes.
PIP := $(BIN)/python -m pip install --quiet --no-compile --constraint requirements.txt

.PHONY: run test coverage lint format wheel lock clean

run: $(VENV)/.installed
	@$(BIN)/jiwen documents --json | grep -q . || $(BIN)/jiwen add data/samples
	$(BIN)/python app.py

test: $(VENV)/.installed-dev lint
	tools/install_system.sh
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

# the same with how much of the code it reaches: twice as long where tables are decided
coverage: $(VENV)/.installed-dev
	$(BIN)/python -m pytest --cov --numprocesses 2 --dist loadfile

lint: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(BIN)/python:
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "无法建立虚拟环境：请先安装 Python 3.11 和 venv（Debian：apt-get install python3.11-venv）。" >&2; \
	  exit 1; }

# torch comes first: what follows then finds it and does not choose another build of it.
$(VENV)/.installed: pyproject.toml requirements.txt | $(BIN)/python
	$(PIP) $(TORCH)
	$(PIP) --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(PIP) --editable '.[dev]'
	touch $@

# Into dist/. What an earlier build left in build/ would be taken along.
wheel: $(VENV)/.installed
	rm -rf build/lib build/bdist.*
	$(BIN)/python -m build --wheel --no-isolation

# Pins of everything, the newest in the ranges of pyproject.toml, from a fresh environment. Run it
# after changing a dependency.
lock:
	rm -rf build/lock
	$(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet $(TORCH)
	build/lock/bin/python -m pip install --quiet --editable '.[dev]'
	build/lock/bin/python -m pip freeze --exclude-editable | sed 's/+cpu$$//' > requirements.txt
	rm -rf build/lock

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .coverage
