# Nameplate. `make help` says what can be made.

SHELL       := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS   += --no-builtin-rules
.DEFAULT_GOAL := help

# FTS5, SQLite's full text search, is compiled in by this tag alone.
TAGS    := -tags sqlite_fts5
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null)
COMMIT  := $(shell git rev-parse HEAD 2>/dev/null)
LDFLAGS := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)

# Races are looked for everywhere but in what decodes, resizes and encodes pixels: that takes ten times as long with it, and shares nothing.
RACE := -race -gcflags=image/...=-race=false -gcflags=github.com/disintegration/imaging=-race=false

# An S3 server, for the tests alone. It is no tool of go.mod, since it needs 74 modules that are nothing of the site's.
VERSITYGW := v1.8.0

DEMO     := bin/demo
PASSWORD := try nameplate out
URL      := $(or $(NAMEPLATE_BASE_URL),http://$(patsubst :%,localhost:%,$(patsubst 127.0.0.1:%,localhost:%,$(or $(NAMEPLATE_ADDR),localhost:8080))))

gofiles = $(shell find . -path ./node_modules -prune -o -name '*.go' -print)

.PHONY: help
help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: build ## Build Nameplate and serve it at http://localhost:8080
	bin/nameplate serve

.PHONY: demo
demo: build ## Serve 200 made-up people with pictures, from a database that is thrown away
	rm -rf $(DEMO)
	mkdir -p $(DEMO)
	bin/nameplate seed 200 --pictures --password '$(PASSWORD)' --database $(DEMO)/nameplate.db --uploads $(DEMO)/uploads
	NAMEPLATE_SUPERUSER_PASSWORD='$(PASSWORD)' bin/nameplate createsuperuser --no-input \
		--username admin --email admin@example.org --database $(DEMO)/nameplate.db
	@printf '\n  %s\n  log in as admin (a superuser) or person0000001, with the password: %s\n\n' '$(URL)' '$(PASSWORD)'
	bin/nameplate serve --database $(DEMO)/nameplate.db --uploads $(DEMO)/uploads

.PHONY: build
build: tools bin/assets.stamp ## Build bin/nameplate, which needs no other file
	go build $(TAGS) -trimpath -ldflags '$(LDFLAGS)' -o bin/nameplate ./cmd/nameplate

.PHONY: test
test: tools ## Check and test everything
	@mkdir -p bin
	@$(s3) > bin/versitygw.log 2>&1 & # a minute of two cores, beside what waits for the network
	$(call need,chromium,command -v chromium)
	$(call need,postgresql,ls /usr/lib/postgresql/*/bin/initdb)
	$(call need,lynx,command -v lynx)
	$(call need,python3-aiosmtpd,test -x /usr/bin/aiosmtpd)
	@echo '# formatting'
	@unformatted=$$(gofmt -l $(gofiles)); \
		if [ -n "$$unformatted" ]; then printf 'not formatted ("make fmt" mends it):\n%s\n' "$$unformatted"; exit 1; fi
	go mod tidy -diff
	@$(MAKE) --no-print-directory generated
	go vet $(TAGS) ./...
	go tool staticcheck $(TAGS) ./...
	@echo '# the S3 server for the tests'
	@$(s3)
	go test $(RACE) $(TAGS) -timeout 20m $$(go list $(TAGS) ./... | grep -v -e /e2e -e /internal/picture$$)
	go test $(RACE) $(TAGS) -run AtOnce ./internal/picture # what many do at once; the rest is pixels
	go test $(TAGS) ./internal/picture
	go test $(TAGS) -count=1 -timeout 20m ./e2e/... # these drive the binary as people get it, which Go does not know

.PHONY: bench
bench: build ## Measure the binary against its limits
	$(call need,wrk,command -v wrk)
	$(call need,libvips-tools,command -v vipsthumbnail)
	$(call need,postgresql,ls /usr/lib/postgresql/*/bin/initdb)
	go run $(TAGS) ./e2e/bench

.PHONY: generate
generate: node_modules/.package-lock.json ## Write the *_templ.go files and the style sheet again
	go tool templ generate -path views
	npm run --silent build
	@mkdir -p bin && touch bin/assets.stamp

.PHONY: docs
docs: node_modules/.package-lock.json ## Write docs/attributes.md and draw its pictures again
	$(call need,chromium,command -v chromium)
	$(call need,poppler-utils,command -v pdftocairo)
	go test $(TAGS) ./internal/profile -run TestDocumentation -update
	go test $(TAGS) ./e2e -run TestEveryKindHasAPicture -update

.PHONY: fmt
fmt: ## Format the Go and templ files
	gofmt -w $(gofiles)
	go tool templ fmt views

.PHONY: clean
clean: ## Remove what was built and downloaded, and the demo
	rm -rf bin node_modules
	find public/dist -type f ! -name .gitignore -delete

# Fails when generating changes a generated file. What is compared is the tree before and after, so that it works amid
# other changes.
.PHONY: generated
generated:
	@echo '# generated files'
	@mkdir -p bin
	@$(sums) > bin/generated.before
	$(MAKE) --no-print-directory generate
	@$(sums) > bin/generated.after
	@diff bin/generated.before bin/generated.after || { echo 'These generated files were not up to date. They are now: commit them.'; exit 1; }

sums = { find . -path ./node_modules -prune -o -name '*_templ.go' -print; echo public/style.css; } | sort | xargs sha256sum

# Builds the S3 server, or waits until it is built.
s3 = flock bin/versitygw.lock nice $(MAKE) --no-print-directory bin/versitygw

.PHONY: bin/versitygw
bin/versitygw: bin/versitygw-$(VERSITYGW)

bin/versitygw-$(VERSITYGW):
	GOBIN=$(CURDIR)/bin go install github.com/versity/versitygw/cmd/versitygw@$(VERSITYGW)
	@touch $@

# npm writes this file last.
node_modules/.package-lock.json: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

# The style sheet, and the files that the binary carries.
bin/assets.stamp: node_modules/.package-lock.json $(filter-out public/style.css,$(wildcard tailwind.config.js public/*.css public/*.js public/*.mjs views/*.css views/*.templ)) $(if $(wildcard public/dist/*),,always)
	npm run --silent build
	@mkdir -p bin && touch $@

.PHONY: always
always:

.PHONY: tools
tools:
	@for tool in go node npm gcc; do \
		command -v $$tool > /dev/null || { echo "Nameplate is built with Go (1.26 or later), Node.js with npm, and gcc: $$tool is missing."; exit 1; }; \
	done

# need installs the Debian package $(1), unless the command $(2) finds it.
define need
@if ! $(2) > /dev/null 2>&1; then \
	echo 'installing the Debian package $(1)'; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; fi; \
	if ! { command -v apt-get > /dev/null && { [ -z "$$sudo" ] || command -v sudo > /dev/null; } && \
		$$sudo apt-get update && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(1); }; then \
		echo 'The package $(1) could not be installed. Install it (as root: apt-get install $(1)) and run make again.'; exit 1; \
	fi; \
fi
endef
