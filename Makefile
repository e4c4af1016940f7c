# Every target is one script, so that each also works where make is not installed.
.DEFAULT_GOAL := help
.PHONY: help setup check verify test race thorough mutation browser access crawl run golden generate bench kill faults allocation fuzz restores failover evidence keys scan broken attacks

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## install what is missing on this machine (Debian), or say what it is
	@scripts/setup

check: ## everything that continuous integration runs: setup, verify, test, race, browser; timed, with budgets
	@scripts/check

verify: ## format, vet, staticcheck, modules, pins, generated code
	@scripts/verify

test: ## all Go tests on both databases; of one package alone, on SQLite, with PKG=desk (web, cmd/uketsuke …)
	@scripts/test $(PKG)

race: ## what has goroutines that meet, under the race detector
	@scripts/race

thorough: ## what takes longer than a check: the parts that are due, each at most 40 minutes, with their results in docs/thorough.md
	@scripts/thorough

mutation: ## one operator after another is turned in the pure packages: their tests find it (PKG=application for one)
	@scripts/mutation $(PKG)

browser: ## the journeys in Chromium against the real binary
	@scripts/browser

access: ## every route × role × foreign thing, compared with docs/access.md
	@scripts/access

crawl: ## every link of the site as every role: no GET changes or reveals anything
	@scripts/crawl

run: ## start the demo: everything in one process, mails and clock included
	@scripts/demo

golden: ## rewrite the golden files from what the code says now; then read the difference
	@scripts/golden

generate: ## rewrite the generated code (sqlc)
	@scripts/generate

bench: ## all Go benchmarks
	@scripts/bench

kill: ## a thousand kills and more per database, then check and audit verify (an hour)
	@scripts/kill

faults: ## full disk, crashing database, misbehaving mail server, leaping clocks
	@scripts/faults

allocation: ## a million IDs by 64 workers under random kills (half an hour)
	@scripts/allocation

fuzz: ## every fuzz target, ten minutes each, at low priority (hours)
	@scripts/fuzz 10m

restores: ## an older backup is restored: nothing is given out or mailed again
	@scripts/restores

failover: ## a primary is killed and its asynchronous standby promoted under living processes: nothing is given out twice
	@scripts/failover

evidence: ## the log of evidence, altered in every way, shows it
	@scripts/evidence

keys: ## keys in both kinds of ring, rotated, lost, destroyed
	@scripts/keys

scan: ## outside scanners against the running product
	@scripts/scan

broken: ## one rule after the other is broken; the quick tests must find each (ten minutes)
	@scripts/broken

attacks: ## every attack that was not held against once, repeated (a quarter of an hour)
	@scripts/attacks
