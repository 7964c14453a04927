# Burgee. `make` prints what there is; CI runs `make test` and nothing else.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
DATA    ?= ./data
# Two of each: the suites must fit a machine with two cores.
GOTEST  := go test -p 2 -shuffle=on

# Where test/sdk finds the binary that it starts.
export BURGEE_BIN := $(CURDIR)/bin/burgee

LINTER := bin/tools/golangci-lint
# What npm installed: the public client specification, and the real SDKs.
NPM    := test/spec/node_modules/.package-lock.json test/sdk/node_modules/.package-lock.json
# The admin UI: what npm installed, the types of the Admin API, the built app.
UI_NPM   := ui/node_modules/.package-lock.json
UI_TYPES := ui/src/api/schema.d.ts
UI       := ui/dist/index.html
STEP   := @scripts/step

##@ Every day

.PHONY: help
help: ## Print this
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: build ## Build and start on ./data; prints the URL and the first admin's password
	bin/burgee serve --data-dir $(DATA)

.PHONY: dev
dev: ## Start from source, on ./tmp/dev, without a separate build
	go run -ldflags '-X main.version=dev' ./cmd/burgee serve --data-dir ./tmp/dev

.PHONY: build
build: $(UI) ## Build the admin UI and bin/burgee
	@mkdir -p bin
	CGO_ENABLED=0 go build -trimpath -ldflags '$(LDFLAGS)' -o bin/burgee ./cmd/burgee

.PHONY: fmt
fmt: $(LINTER) $(UI_NPM) ## Format the Go code and the admin UI
	$(LINTER) fmt
	npm run fmt --prefix ui

.PHONY: gen
gen: ## Regenerate what is generated: api/openapi.json, the tables of docs/access.md, docs/requirements.md, the schemas
	go test -count=1 -run '^TestOpenAPIDocument$$' ./internal/adminapi -update
	go test -count=1 -run '^TestDocumentation$$' ./internal/access -update
	go test -count=1 -run '^TestRequirementsTable$$' ./test/house -update
	go test -count=1 -run '^TestSchemaGolden$$' ./internal/store -update

##@ Before you push

.PHONY: test
test: ## Everything CI runs, with its own set-up
	$(STEP) "setup" $(MAKE) setup
	$(STEP) "generated files are current" scripts/check-gen
	$(STEP) "lint" $(MAKE) lint
	$(STEP) "build" $(MAKE) build
	$(STEP) "admin UI: types, lint, unit tests, size" $(MAKE) test-ui
	$(STEP) "unit tests, race detector on" $(MAKE) test-unit
	$(STEP) "the program: faults, files, addresses" $(MAKE) test-program
	$(STEP) "unit tests on PostgreSQL" $(MAKE) test-postgres
	$(STEP) "real SDKs from npm" $(MAKE) test-sdk
	$(STEP) "browser" $(MAKE) test-browser

.PHONY: setup
setup: ## Install what the tests need; does nothing the second time
	scripts/setup
	@$(MAKE) $(LINTER) $(NPM) $(UI_NPM)

.PHONY: lint
lint: $(LINTER) ## Format, lint, tidy go.mod
	$(LINTER) config verify
	$(LINTER) run ./...
	go mod tidy -diff
	cd tools && go mod tidy -diff

.PHONY: test-house
test-house: ## The conventions: imports, size, documentation, globals (a second)
	go test ./test/house

.PHONY: test-unit
test-unit: $(NPM) ## Go tests with the race detector, in random order
	$(GOTEST) -race -timeout 10m $$(go list ./... | grep -v '/test$$')

.PHONY: test-program
test-program: ## Go tests of the real program in processes of its own: what the race detector cannot see into
	$(GOTEST) -timeout 10m ./test

.PHONY: test-postgres
test-postgres: $(NPM) ## The Go tests that use a database, on a PostgreSQL that they start
	BURGEE_TEST_ENGINE=postgres $(GOTEST) -timeout 10m $$(scripts/uses testkit/testdb)

.PHONY: test-sdk
test-sdk: build $(NPM) ## The real Node and browser SDKs against bin/burgee
	npm test --prefix test/sdk

.PHONY: test-ui
test-ui: $(UI) $(UI_TYPES) ## The admin UI without a browser: Biome, tsc, Vitest, size of the scripts
	npm run lint --prefix ui
	npm test --prefix ui

.PHONY: test-browser
test-browser: build $(NPM) ## The admin UI in Chromium against bin/burgee: jobs, accessibility, two widths, two schemes
	npm run e2e --prefix ui

.PHONY: screenshots
screenshots: build $(NPM) ## Write ui/screenshots: every page, two widths, two schemes
	BURGEE_SCREENSHOTS=1 npm run e2e --prefix ui

.PHONY: guide
guide: build $(NPM) ## Take the pictures of docs/guide.md anew
	npm run guide --prefix ui

.PHONY: test-peers
test-peers: build test/peers/node_modules/.package-lock.json test/sdk/node_modules/.package-lock.json ## The real Unleash Proxy and Unleash from npm, beside and above bin/burgee (three minutes)
	npm test --prefix test/peers

.PHONY: bench
bench: build $(if $(PEERS),test/peers/node_modules/.package-lock.json) ## The program measured from outside beside a ceiling (ten minutes; PEERS=1: beside Unleash too)
	go run ./bench
	go run ./bench -changes
	$(if $(PEERS),go run ./bench -peers -json tmp/bench-peers.json)

.PHONY: bench-large
bench-large: build ## 10,000 flags and 1,000,000 events, and 1,000,000 tokens (ten minutes)
	go run ./bench -scale
	go run ./bench -tokens

.PHONY: bench-go
bench-go: ## Micro-benchmarks: evaluation, look-up of tokens, building of snapshots, deltas
	go test -run '^$$' -bench . -benchmem ./internal/...

.PHONY: clean
clean: ## Remove what was built; keeps data
	rm -rf bin tmp test/*/node_modules ui/node_modules ui/test-results ui/screenshots $(UI_TYPES)
	git clean -fdxq ui/dist

# Built once, from the sums in tools/go.sum, and again when they change.
$(LINTER): tools/go.mod tools/go.sum
	@echo "building golangci-lint (about two minutes on two cores, once)"
	@mkdir -p bin/tools
	cd tools && go build -trimpath -o ../bin/tools/ github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@

$(NPM) test/peers/node_modules/.package-lock.json: test/%/node_modules/.package-lock.json: test/%/package-lock.json
	npm ci --prefix test/$* --ignore-scripts --no-audit --no-fund
	@touch $@

$(UI_NPM): ui/package-lock.json
	npm ci --prefix ui --ignore-scripts --no-audit --no-fund
	@touch $@

$(UI_TYPES): api/openapi.json $(UI_NPM)
	npm run gen --prefix ui --silent
	@touch $@

$(UI): $(UI_TYPES) $(shell find ui/src ui/build ui/public -type f -not -name schema.d.ts 2>/dev/null) ui/index.html ui/vite.config.ts
	npm run build --prefix ui --silent
