# make demo   builds Kinpath, makes a sample community, and asks the main question through a server
# make test   runs every test

# RocksDB takes minutes to compile: all working copies share one target directory.
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/kinpath
CARGO_TARGET_DIR ?= $(CACHE)/target
export CARGO_TARGET_DIR

.PHONY: demo test build prerequisites

demo: build
	@scripts/demo.sh

test: prerequisites
	cargo test --release

build: prerequisites
	cargo build --release --bin kinpath

prerequisites:
	@scripts/prerequisites.sh
