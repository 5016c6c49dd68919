# fairhold: `make run` starts a demo server, `make test` checks everything.
.PHONY: run test fmt lint unit pages services faults simulate bench loadtest audit

CARGO ?= cargo

# A server on http://127.0.0.1:8080 with demo inventories; its data in ./data.
run:
	$(CARGO) run --release --bin fairhold -- serve --demo

# Everything CI checks.
test: lint unit pages

# Format, lints and docs, all without a warning.
lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --profile test -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --quiet --no-deps --document-private-items --profile test --package fairhold

# Unit and integration tests, the model test, the fault tests at small size, the sell-out.
unit: services
	$(CARGO) test --workspace

# The pages: lints, unit tests, whether the committed build and types are of these sources, then a real browser on the
# server that `unit` has built, alone and behind proxies, and what they may weigh. (Not `npm ci`: it wants the packages of all platforms.)
pages: services
	cd web && npm install --no-save --no-audit --no-fund && npm run lint && npm test && npm run stale && npm run e2e && npm run budgets

# Postgres, Redis, Chromium, nginx and Caddy from the distribution, where they are missing; tests start private ones of their own.
services:
	tests/support/services.sh install

# The fault tests at full size, one after the other, and a table of what came of them. ONLY=kills runs one.
faults: services
	rm -f target/faults.txt && mkdir -p target
	FAIRHOLD_FAULTS=full FAIRHOLD_FAULTS_REPORT=$(CURDIR)/target/faults.txt \
	$(CARGO) test --test faults $(ONLY) -- --nocapture --test-threads 1; status=$$?; \
	echo; echo "test | size | violations | back after (median/max) | figures"; cat target/faults.txt; exit $$status

# 20,000 seeds of the simulation, each run twice: about ten minutes on two cores.
simulate:
	FAIRHOLD_SIM_SEEDS=20000 $(CARGO) test --test simulation whatever -- --nocapture

# The core alone, then the server beside a bare handler and the usual ways to build a shop, then live viewers (writes
# docs/benchmarks/); then how long the pages take, as multiples of what an empty page takes in the same run.
bench:
	tests/support/services.sh install
	$(CARGO) bench --bench core --bench load
	loadtest/bench.sh
	cd web && npm install --no-save --no-audit --no-fund && npm run budgets:times

# An on-sale rush with k6 against a scratch server, then `fairhold check`.
loadtest:
	$(CARGO) build --release --bin fairhold
	loadtest/loadtest.sh

# Known holes in crates, by the RustSec database: it comes over the network, so this is no part of `test`, which knows the
# worst by heart (tests/tidy.rs).
audit:
	$(CARGO) deny --version >/dev/null 2>&1 || $(CARGO) install --locked cargo-deny
	$(CARGO) deny check advisories bans sources

fmt:
	$(CARGO) fmt --all
