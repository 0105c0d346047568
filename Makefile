# The front door. Each target is a script in tools/ that can be read and run by itself.
.PHONY: build test demo bench lint soak format clean

build:  ## build/release/matchcue, installing what is missing first
	@tools/setup
	@tools/build

demo: build  ## serve a live match with 1,000 viewers on this machine; Ctrl-C stops it
	@exec tools/demo

test:  ## everything that must hold; the last line is "N passed, N failed"
	@tools/test

soak:  ## the long versions: 100,000 simulated worlds and power cuts, planted bugs, 10 minutes a fuzz target, 500 kills, 18,000 viewers
	@tools/soak

bench: ## measurements, as ratios in one run
	@tools/setup
	@tools/bench

lint:  ## layout, house rules, clang-tidy over what differs from main
	@tools/setup
	@tools/lint

format:
	@tools/format

clean:
	@tools/clean
