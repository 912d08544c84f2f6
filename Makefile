# Every target makes its own .venv; a machine needs Python 3.11 or newer and make, nothing else.
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name) 2>/dev/null)))
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help quickstart bundle test lint audit bench load format clean

help:  ## Show the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

$(STAMP): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer was not found; install it, or run make PYTHON=/path/to/python3.11"; exit 2; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is older than Python 3.11; run make PYTHON=/path/to/python3.11"; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $(STAMP)

quickstart: $(STAMP)  ## Synthetic corpus to calibrated predictions, end to end, in minutes
	$(BIN)/liangxing-train quickstart

# What a run of configs/default.yaml chose on validation; the model that ships learns from it too.
CHOSEN := finetune.learn_validation=true finetune.epochs=3 finetune.evaluations_per_epoch=4 \
	'trees.weights=[0.6]' 'charge_grams.shares=[0.87, 1.46]'

bundle: $(STAMP)  ## The bundled model anew, from LIANGXING_REAL_DATA and LIANGXING_ENCODER
	$(BIN)/liangxing-train run --config configs/default.yaml output=runs/bundle $(CHOSEN)
	rm -rf inference/liangxing/bundled.new && cp -r runs/bundle/bundle inference/liangxing/bundled.new
	rm -rf inference/liangxing/bundled && mv inference/liangxing/bundled.new inference/liangxing/bundled

test: $(STAMP)  ## Tests (real ones too where LIANGXING_REAL_DATA is set; slow ones with SLOW=1)
	$(BIN)/python -m pytest $(if $(SLOW),,-m 'not slow') $(ARGS)

lint: $(STAMP)  ## Style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/hadolint Containerfile

audit: $(STAMP)  ## Known holes in the pinned packages (asks the advisory service of PyPI)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-audit
	$(BIN)/pip-audit --strict --no-deps --disable-pip -r constraints.txt

format: $(STAMP)  ## Rewrite the files in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP)  ## Speed, as ratios against a peer in the same run
	$(BIN)/python benchmarks/run.py

load: $(STAMP)  ## The service under twice its capacity on loopback, one minute
	$(BIN)/python benchmarks/load.py --seconds 60

clean:  ## Remove what the targets made
	rm -rf $(VENV) runs mlflow.db mlruns .pytest_cache .ruff_cache .hypothesis
