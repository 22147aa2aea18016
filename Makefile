# Scanward: `make help` lists the verbs.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help all start demo test test-unit test-big-endian ci bpf build build-command lint typecheck generate check-generated fuzz seccomp-profile bench bench-quick kernel-matrix kernel-matrix-full rights vagrant-box docker docker-run nerdctl nerdctl-run podman podman-run container-test end2end vagrant-nerdctl clean install need-start need-demo need-test need-bpf need-compiler need-big-endian need-matrix need-vagrant need-container need-end2end need-seccomp

export PATH := $(PATH):/usr/sbin:/sbin
export NX_DAEMON := false
NX := npx --no-install nx
# nx is told to print results without colours and boxes, and nothing of tasks that went well.
QUIET := --output-style=static
# Arguments of `scanward run`: make start ARGS="-i eth0"
ARGS ?=

help: ## this list
	@awk -F ':.*## ' '/^[a-z0-9 -]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

all: build ## build everything (the BPF objects are committed: no BPF compiler is needed)

start: install ## build and run Scanward in the foreground, as root: make start ARGS="-i eth0"
	@$(NX) run cli:build $(QUIET) >.nx/build.log 2>&1 || { cat .nx/build.log; exit 1; }
	@exec node packages/cli/bin/scanward.js run $(ARGS)

demo: need-demo install ## see it work in 30 seconds, in network namespaces, as root
	@$(NX) run cli:build $(QUIET) >.nx/build.log 2>&1 || { cat .nx/build.log; exit 1; }
	@exec node tools/demo.mjs

test: ## all tests: unit, kernel, integration; as root
	@[ "$$(id -u)" = 0 ] || { echo 'The kernel tests need root. Run: sudo make test   (or, without root: make test-unit)'; exit 1; }
	@$(MAKE) --no-print-directory need-test install
	@tools/test.sh all

test-unit: install ## the tests that need neither root nor a kernel
	@tools/test.sh unit

ci: ## what CI runs: lint, types, boundaries, generated files, build, all tests; as root
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory typecheck
	@$(MAKE) --no-print-directory check-generated
	@$(MAKE) --no-print-directory build
	@$(MAKE) --no-print-directory test

bpf: $(if $(BPF_CLANG),,need-compiler) ## compile the BPF program for both endians to bpf/build (BPF_CLANG=clang)
	@$(MAKE) --no-print-directory -C bpf

build: install ## build all packages
	@$(NX) run-many -t build $(QUIET)

build-command: install ## build the command alone: packages/cli/dist
	@$(NX) run cli:build $(QUIET)

fuzz: need-test install ## traces, packets and objects at random, as root: make fuzz TIME=10m, make fuzz REPLAY=FILE
	@[ "$$(id -u)" = 0 ] || { echo 'This runs packets through the kernel, which needs root. Run: sudo make fuzz'; exit 1; }
	@tools/fuzz.sh "$(or $(TIME),1m)" "$(REPLAY)"

# TESTS: only some of the tests, by parts of their file names: make seccomp-profile TESTS="replay user"
TESTS ?=

seccomp-profile: need-seccomp install ## add what the tests make the command call to deploy/seccomp-profile.json (minutes), as root
	@[ "$$(id -u)" = 0 ] || { echo 'The kernel tests need root. Run: sudo make seccomp-profile'; exit 1; }
	@$(NX) run cli:build $(QUIET) >.nx/build.log 2>&1 || { cat .nx/build.log; exit 1; }
	@tools/seccomp.sh $(TESTS)

lint: install ## formatting, lint, and who may import whom
	@npx --no-install prettier --check --log-level warn .
	@npx --no-install eslint --max-warnings 0 tools eslint.config.mjs
	@$(NX) run-many -t lint $(QUIET)

typecheck: install ## check the types of all packages and their tests
	@$(NX) run-many -t typecheck $(QUIET)

generate: need-bpf install ## make the committed BPF objects (clang 14) and the codec's layouts anew
	@$(MAKE) --no-print-directory -C bpf prebuilt
	@npm run --silent generate -w @scanward/map-codec
	@$(MAKE) --no-print-directory -C packages/testkit/bpf prebuilt

check-generated: need-bpf install ## generate again and fail on any difference
	@tools/check-generated.sh

# GROUPS: only some of the groups, which leaves the docs as they are: make bench GROUPS="codec ring"
GROUPS ?=

bench: need-test install ## measure everything (some minutes), as root; writes docs/BENCHMARKS.md, docs/benchmarks.svg
	@$(NX) run bench:build $(QUIET) >.nx/build.log 2>&1 || { cat .nx/build.log; exit 1; }
	@exec node bench/dist/main.js $(GROUPS)

bench-quick: need-test install ## each benchmark once with tiny sizes, as root: it runs, its figures mean nothing
	@$(NX) run bench:build $(QUIET) >.nx/build.log 2>&1 || { cat .nx/build.log; exit 1; }
	@exec node bench/dist/main.js --quick $(GROUPS)

test-big-endian: need-big-endian install ## the unit tests of codec and object reader, run by the Node of s390x in emulation
	@$(NX) run-many -t build -p kernel-matrix,cli $(QUIET) >.nx/build.log 2>&1 || { cat .nx/build.log; exit 1; }
	@exec node kernel-matrix/dist/s390x/user.js

vagrant-box: ## build the Vagrant box and fetch the kernels for `vagrant up k6-12`, as root
	@[ "$$(id -u)" = 0 ] || { echo 'debootstrap needs root. Run: sudo make vagrant-box'; exit 1; }
	@$(MAKE) --no-print-directory need-vagrant install
	@$(NX) run kernel-matrix:build $(QUIET) >.nx/build.log 2>&1 || { cat .nx/build.log; exit 1; }
	@exec node kernel-matrix/dist/vagrant/main.js

# KERNELS, TESTS, DRIVER, CANARY choose some, which leaves report.md and README.md as they are: kernel-matrix/README.md.
kernel-matrix: need-matrix $(if $(filter vagrant,$(DRIVER)),need-vagrant) install ## boot real kernels and run the kernel tests and scans in each, as root: make kernel-matrix KERNELS=5.10,7
	@$(NX) run-many -t build -p kernel-matrix,cli $(QUIET) >.nx/build.log 2>&1 || { cat .nx/build.log; exit 1; }
	@exec node kernel-matrix/dist/main.js

kernel-matrix-full: export FULL := 1
kernel-matrix-full: kernel-matrix ## the same with all entries of kernels.json

rights: export KERNELS := own,5.10,7
rights: export TESTS := rights
rights: kernel-matrix ## which capabilities suffice, on three kernels (some minutes), as root; writes docs/RIGHTS.md
	@cp kernel-matrix/logs/rights.md docs/RIGHTS.md

# The image, its base, and what a container gets: NETWORK=host by default, PINS=/sys/fs/bpf so that blocks outlive it.
IMAGE ?= scanward:latest
BASE_IMAGE ?= debian:trixie-slim
BPF_BASE_IMAGE ?= debian:bookworm-slim
NETWORK ?= host
PINS ?=
CONTAINER ?= scanward
IMAGE_VERSION = $(shell sed -n 's/.*"version": "\(.*\)".*/\1/p' packages/cli/package.json)
IMAGE_REVISION = $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
IMAGE_BUILD = build --file deploy/Dockerfile --tag $(IMAGE) --build-arg BASE_IMAGE=$(BASE_IMAGE) \
	--build-arg BPF_BASE_IMAGE=$(BPF_BASE_IMAGE) --build-arg VERSION=$(IMAGE_VERSION) --build-arg REVISION=$(IMAGE_REVISION) .
RIGHTS = --read-only --cap-drop ALL --cap-add BPF --cap-add NET_ADMIN --cap-add PERFMON \
	--security-opt no-new-privileges --security-opt seccomp=deploy/seccomp-profile.json
# Kernels before 5.11 charge maps to this limit.
MEMLOCK = $(shell printf '%s\n' 5.11 "$$(uname -r)" | sort -CV || echo '--ulimit memlock=-1:-1')
IMAGE_RUN = run --rm --name $(CONTAINER) --network $(NETWORK) $(RIGHTS) $(MEMLOCK) --tmpfs /run/scanward:mode=0700 \
	--volume $(CONTAINER)-state:/var/lib/scanward $(if $(PINS),$(OWN_PINS)) $(IMAGE) run $(ARGS)
# Its own pins, and not those of others beside them.
OWN_PINS = --volume $(PINS)/scanward:/pins --env SCANWARD_BPFFS=/pins

docker nerdctl podman: ## build the image with this engine: make docker BASE_IMAGE=...
	@$@ $(IMAGE_BUILD)

docker-run nerdctl-run podman-run: ## run it in the foreground, with the smallest rights: make docker-run ARGS="-i eth0" PINS=/sys/fs/bpf
	@$(if $(PINS),mkdir -p -m 0700 $(PINS)/scanward)
	@exec $(@:-run=) $(IMAGE_RUN)

container-test: need-container build-command ## build the image and test it in real runtimes (podman with runc, containerd), as root
	@tools/container-test.sh

vagrant-nerdctl: ## a machine with containerd and nerdctl that builds the image and runs it
	vagrant up nerdctl --provider=libvirt

end2end: need-end2end install ## the compose file, asserted: an attacker scans twice, a client gets his page, Prometheus alerts; needs the image, as root
	@exec node deploy/end2end.mjs

clean: ## remove what was built; node_modules stays
	@rm -rf packages/*/dist packages/*/build bpf/build bench/dist kernel-matrix/dist kernel-matrix/build kernel-matrix/logs test-results coverage .nx

need-start need-demo need-test need-bpf need-compiler need-big-endian need-matrix need-vagrant need-container need-end2end need-seccomp: need-%:
	@tools/need.sh $*

# npm writes its own copy of the lockfile last, so an older one means that dependencies changed since.
install: need-start
	@[ node_modules/.package-lock.json -nt package-lock.json ] || { echo 'npm ci'; npm ci --no-audit --no-fund --loglevel=error; touch node_modules/.package-lock.json; }
	@mkdir -p .nx
