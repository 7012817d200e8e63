help:  ## list what can be made
	@sed -nE 's/^([a-z]+):[^#]*## (.*)/\1\t\2/p' $(MAKEFILE_LIST) | expand -t 12
demo: targets  ## the main job on real input: build a pipeline, show, check, call
	@./examples/demo.sh
check: targets  ## formatting, lints, docs, the library alone, one version of each library
	@./tests/check.sh
test: targets  ## all tests; CASE=new/heap runs one transcript
	cargo test --locked --no-fail-fast
	cargo test --locked --features run --test behavior check
	CASE=shrink/endless cargo test --locked --features run --test cli
bless: targets  ## accept what the transcripts print now
	TRYCMD=overwrite cargo test --locked --test cli
bench: target/release/wct  ## compare with the peers, side by side; writes docs/benchmarks.md
	cargo run --quiet --release --manifest-path benches/peers/Cargo.toml -- target/release/wct docs/benchmarks.md
inside:  ## time the steps inside wct, with Criterion; COMPONENT=FILE is measured
	cargo bench --manifest-path benches/inside/Cargo.toml --target-dir target
scaling: target/release/wct  ## how time and memory grow with the input; writes docs/scaling.md
	cargo run --quiet --release --manifest-path benches/peers/Cargo.toml -- --scaling target/release/wct docs/scaling.md
target/release/wct: FORCE
	cargo build --locked --release --quiet
fuzz:  ## long runs of random and damaged inputs; SECONDS_EACH=3600 bounds each
	@./fuzz/run.sh
docs:  ## the API documentation and, with mdbook, the book in target/book, without warnings
	RUSTDOCFLAGS=-Dwarnings cargo doc --locked --no-deps
	cargo test --locked --test docs
	@./tests/book.sh
dist:  ## a release: static binary, pages, completions, sources, digests; target/dist
	@./.ci/dist
reproduce:  ## two releases in two folders have the same bytes
	@./.ci/reproduce
deny:  ## licences, advisories and sources of what goes into the program; cargo-deny is needed
	cargo deny --locked --all-features check
toolchains:  ## what the tests of languages and the whole demo ask for, into target/toolchains
	@./tests/toolchains.sh
targets:
	@rustup -q target add wasm32-wasip1 wasm32-wasip2 wasm32-unknown-unknown 2>/dev/null \
	  || echo 'the WebAssembly targets of Rust could not be added: rustup target add wasm32-wasip1'
FORCE:
.PHONY: FORCE help demo check test bless bench inside scaling fuzz docs toolchains targets dist reproduce deny
