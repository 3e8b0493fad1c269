# `make` alone prints this help. Each target makes what it needs; what is built for tests is cached outside the tree.
# Locked files are installed with --no-deps: they are complete (`pip check` sees to it), and a resolver that meets an
# extra (`coverage[toml]`) looks at releases newer than the locked one, and ends because those have no hash.

PYTHON ?= python3
# Where an environment forbids Python to keep its bytecode, each start of the command would compile all of it anew.
export PYTHONDONTWRITEBYTECODE :=
VENV := .venv
BIN := $(VENV)/bin
DEMO := .demo-venv

.DEFAULT_GOAL := help
.PHONY: help demo test test-old test-fast lint docs mutants tools playground record dashboards
.PHONY: bench bench-engines bench-findings bench-watch webhooks-proof bench-load soak churn lock clean

help: ## Print this help.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(DEMO)/installed ## Audit two recorded pairs of clusters, a good and a broken one; needs no server.
	@printf '\n== A healthy pair ==\n\n'
	@$(DEMO)/bin/consul-scan audit --config tests/data/demo.yaml --snapshot tests/data/healthy-pair.json
	@printf '\n== The same pair, with the mesh entry missing on the accepting side ==\n\n'
	@$(DEMO)/bin/consul-scan audit --config tests/data/demo.yaml --snapshot tests/data/broken-pair.json || test $$? -eq 1

test: $(VENV)/installed tools lint ## Everything: lint, types, policies, unit tests, and tests on real clusters.
	$(BIN)/python -m pytest -m "not old" --cov --cov-report=term

test-old: $(VENV)/installed ## The one test that needs Consul 1.13, too old to be supported.
	$(BIN)/python -m tests.tools install consul-1.13.2
	$(BIN)/python -m pytest -m old

test-fast: $(VENV)/installed ## The part that needs no binaries: seconds.
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python -m pytest -m "not integration and not old"

lint: $(VENV)/installed tools ## Style, types, the direction of imports, and the policies' own linters.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m tests.tools.lint_policies
	$(BIN)/hadolint Dockerfile

docs: $(VENV)/installed ## Write the pages of the rules (docs/rules/) and the keys of the config file anew.
	$(BIN)/python -m tests.docs_pages

tools: $(VENV)/installed ## Build the binaries that tests run (Consul, OPA, Regal, Envoy), once; what is missing is told.
	$(BIN)/python -m tests.tools install || test -z "$$CI"

playground: $(VENV)/installed ## Two peered clusters, left running until Ctrl-C.
	$(BIN)/python -m tests.tools install consul-1.22.7 envoy-1.36.4
	$(BIN)/python -m tests.playground

record: $(VENV)/installed tools ## Record the snapshots under tests/data anew, from real clusters.
	$(BIN)/python -m tests.record

webhooks-proof: $(VENV)/installed ## Kill a delivering daemon 50 times, and see that every event arrives, in order.
	WEBHOOKS_KILLS=50 $(BIN)/python -m pytest -q -s tests/e2e/test_webhooks_kill.py

mutants: $(VENV)/installed ## Break each policy in small ways, and tell which breaks no case notices.
	$(BIN)/python -m tests.mutants

dashboards: $(VENV)/installed ## Build the Grafana dashboard and its alert rules anew.
	$(BIN)/python -m dashboards

bench: $(VENV)/installed tools ## Time a live audit, and its evaluation beside `opa eval`.
	$(BIN)/python -m bench.audit

bench-engines: $(VENV)/installed tools ## Time both engines beside `opa eval` and Conftest, at 2, 20 and 200 clusters.
	$(BIN)/python -m tests.tools install conftest-0.71.1
	$(BIN)/python -m bench.engines

bench-findings: $(VENV)/installed ## Time what it takes to remember a scan of 50 clusters.
	$(BIN)/python -m bench.findings

bench-watch: $(VENV)/installed tools ## Time a change in Consul until it is a metric, and what idling costs; 5 minutes.
	$(BIN)/python -m bench.watch

bench-load: $(VENV)/installed tools ## Ask `serve` 200 things a second for a minute (LOAD_SECONDS) while Consul changes.
	$(BIN)/python -m bench.load

churn: $(VENV)/installed tools ## An hour of healthy churn on real clusters, in which no finding may open (CHURN_SECONDS).
	CHURN_SECONDS=$${CHURN_SECONDS:-3600} $(BIN)/python -m pytest -q tests/e2e/test_churn.py

soak: $(VENV)/installed tools ## Half an hour of fast change, in which serve may not grow (SOAK_SECONDS).
	$(BIN)/python -m bench.soak

lock: $(VENV)/installed ## Resolve the dependencies anew into requirements/.
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet pyproject.toml $(LOCK) -o requirements/run.txt
	$(BIN)/uv pip compile --quiet pyproject.toml --group tests --group checks $(LOCK) -o requirements/dev.txt

LOCK := --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade

clean: ## Remove the virtual environments.
	rm -rf $(VENV) $(DEMO)

$(DEMO)/installed: requirements/run.txt pyproject.toml $(shell find scanner policies -type f -not -name '*.pyc')
	$(PYTHON) -m venv $(DEMO)
	$(DEMO)/bin/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/run.txt
	$(DEMO)/bin/pip install --quiet --disable-pip-version-check --no-deps .
	$(DEMO)/bin/pip check --disable-pip-version-check
	@touch $@

$(VENV)/installed: requirements/dev.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --editable .
	$(BIN)/pip check --disable-pip-version-check
	@touch $@
