# Every target is one script, so that each also works where make is not installed.
.DEFAULT_GOAL := help
.PHONY: help setup check verify test browser run golden generate bench access crawl kill faults allocation fuzz

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

setup: ## install what is missing on this machine (Debian), or say what it is
	@scripts/setup

check: ## everything that continuous integration runs: setup, verify, test, browser; timed
	@scripts/check

verify: ## format, vet, staticcheck, modules, pins, generated code
	@scripts/verify

test: ## all Go tests, with the race detector, on SQLite and a throw-away PostgreSQL
	@scripts/test

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

access: ## every route as every role, own and foreign, against docs/access.md
	@scripts/access

crawl: ## no GET changes the database or shows a secret
	@scripts/crawl

kill: ## a thousand kills and more per database, then check and audit verify (an hour)
	@scripts/kill

faults: ## full disk, crashing database, misbehaving mail server, leaping clocks
	@scripts/faults

allocation: ## a million IDs by 64 workers under random kills (half an hour)
	@scripts/allocation

fuzz: ## every fuzz target, ten minutes each, at low priority (hours)
	@scripts/fuzz 10m
