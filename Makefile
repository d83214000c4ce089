# Everything that is done with rowfold, one command each; `make` lists them.
#
#   make run INPUT=tweets.csv QUESTION=tweets/top-days MEMORY=64M

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

INPUT    ?=
QUESTION ?=
MEMORY   ?= 64M
SAMPLE   := data/tweets-200MB.csv
BIG      := data/tweets-2.3GB.csv
ROWFOLD  := target/release/rowfold
FEATURES ?=
DATA     ?= $(or $(XDG_DATA_HOME),$(HOME)/.local/share)
INSTALLED = $(or $(CARGO_INSTALL_ROOT),$(CARGO_HOME),$(HOME)/.cargo)/bin/rowfold
HEAP     := target/release/rowfold-heap
DATA_GEN := target/release/data-gen

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 14

.PHONY: run
run: $(ROWFOLD) $(if $(INPUT),,$(SAMPLE)) ## Ask the tweets questions (INPUT= QUESTION= MEMORY=; without INPUT of a generated sample)
	@for question in $(or $(QUESTION),tweets/top-days tweets/top-emojis tweets/top-mentions); do \
		printf '\n$$ rowfold ask %s %s --memory %s --stats\n' $$question '$(or $(INPUT),$(SAMPLE))' '$(MEMORY)'; \
		$(ROWFOLD) ask $$question '$(or $(INPUT),$(SAMPLE))' --memory '$(MEMORY)' --format table --stats; \
	done

.PHONY: data
data: $(SAMPLE) $(BIG) ## Generate the sample (200 MB) and the file of the benchmarks (2.3 GB)

.PHONY: test
test: ## Run every test, those of the feature parquet among them
	cargo test --workspace --locked --features parquet

.PHONY: check
check: ## Format, lints and documentation, without a single warning
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked --features parquet -- -D warnings
	cargo clippy --locked -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --document-private-items --locked

.PHONY: functions
functions: ## Write docs/functions.md from the tables of functions
	ROWFOLD_WRITE_DOCS=1 cargo test --locked --test suite the_document_of_functions_is_current

.PHONY: bench
bench: ## Measure each layer
	cargo bench --locked

.PHONY: bench-peers
bench-peers: $(ROWFOLD) $(DATA_GEN) benches/peers/.venv benches/peers/.xan ## Measure rowfold, its floor and five peers on the same work; writes benches/runs/ and the README's table and chart
	benches/peers/.venv/bin/python benches/peers/run.py $(ARGS)

.PHONY: bench-loads
bench-loads: $(ROWFOLD) $(DATA_GEN) benches/peers/.venv ## Measure snapshots of 20 M keys on rowfold and two peers; needs 10 GB of disk, writes benches/runs/
	benches/peers/.venv/bin/python benches/loads.py $(ARGS)

.PHONY: bench-flatten
bench-flatten: $(ROWFOLD) $(DATA_GEN) benches/peers/.venv ## Measure flatten on 2 GB of JSON Lines beside DuckDB and jq; writes benches/runs/
	benches/peers/.venv/bin/python benches/peers/flatten.py $(ARGS)

.PHONY: instructions
instructions: $(ROWFOLD) $(DATA_GEN) ## Count the instructions of fixed inputs under callgrind; writes benches/instructions.csv (needs valgrind)
	python3 benches/instructions.py

.PHONY: heap
heap: $(HEAP) $(if $(INPUT),,$(SAMPLE)) ## Count every allocation (INPUT= QUESTION=); writes dhat-heap.json
	$(HEAP) ask $(or $(QUESTION),tweets/top-days) '$(or $(INPUT),$(SAMPLE))' --memory '$(MEMORY)'

.PHONY: memory
memory: $(ROWFOLD) ## Hold peak memory against --memory: for 1 to all-unique groups, 10 MB and 1 GB, 32M and 64M
	ROWFOLD_MEMORY_TEST_BYTES=1000000000 cargo test --locked --release --test memory -- --nocapture

.PHONY: floor
floor: $(ROWFOLD) $(if $(INPUT),,$(SAMPLE)) ## Time reading and counting newlines: what no question can be faster than
	@$(ROWFOLD) floor '$(or $(INPUT),$(SAMPLE))'

.PHONY: fuzz
fuzz: ## Fuzz the reader against the csv crate and flatten against serde_json, a minute each (needs a nightly toolchain and cargo-fuzz)
	cargo +nightly fuzz run reader_against_csv -- -max_total_time=60
	cargo +nightly fuzz run flatten_against_serde_json -- -max_total_time=60

.PHONY: compare
compare: $(ROWFOLD) benches/peers/.venv ## Ask rowfold and DuckDB the same questions and compare; writes tests/compare/answers.txt
	benches/peers/.venv/bin/python tests/compare/compare.py $(ROWFOLD)

.PHONY: install
install: ## Install rowfold into cargo's bin directory, its completions and manual pages below DATA (FEATURES=parquet for Parquet)
	cargo install --locked --path . --bin rowfold --features '$(FEATURES)'
	install -d '$(DATA)/man/man1' '$(DATA)/bash-completion/completions' '$(DATA)/zsh/site-functions' '$(DATA)/fish/vendor_completions.d'
	$(INSTALLED) man '$(DATA)/man/man1'
	$(INSTALLED) completions bash --output '$(DATA)/bash-completion/completions/rowfold'
	$(INSTALLED) completions zsh --output '$(DATA)/zsh/site-functions/_rowfold'
	$(INSTALLED) completions fish --output '$(DATA)/fish/vendor_completions.d/rowfold.fish'

# Cargo knows what is up to date.
.PHONY: FORCE
$(ROWFOLD): FORCE
	@cargo build --release --locked --quiet --bin rowfold
$(HEAP): FORCE
	@cargo build --release --locked --quiet --bin rowfold-heap
$(DATA_GEN): FORCE
	@cargo build --release --locked --quiet -p data-gen

$(SAMPLE): | $(DATA_GEN)
	@mkdir -p data
	$(DATA_GEN) tweets --size 200MB --seed 1 --shape real --output $@
$(BIG): | $(DATA_GEN)
	@mkdir -p data
	$(DATA_GEN) tweets --size 2.3GB --seed 1 --shape real --output $@

benches/peers/.venv: benches/peers/requirements.txt
	python3 -m venv $@
	$@/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

benches/peers/.xan: benches/peers/xan.version
	cargo install xan --version $(shell cat $<) --root $@ --locked --quiet
	@touch $@
