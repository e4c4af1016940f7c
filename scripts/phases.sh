# Read by the scripts that consist of several phases: runs each, times it, and sums up at the end.
# A phase that fails does not keep the next from running, so one run shows everything that is wrong.
# shellcheck shell=bash

summary=""
failed=0

# phase NAME COMMAND… runs the command under a heading.
phase() {
	local name=$1 began=$EPOCHREALTIME verdict=ok
	shift
	printf '\n== %s\n' "$name"
	"$@" || {
		verdict=FAILED
		failed=1
	}
	summary+=$(awk -v n="$name" -v v="$verdict" -v b="$began" -v e="$EPOCHREALTIME" \
		'BEGIN { printf "%-16s %7.1f s  %s", n, e - b, v }')$'\n'
	[ "$verdict" = ok ]
}

# finish prints the times and ends the script: 0 if every phase was right.
finish() {
	printf '\n%s' "$summary"
	exit "$failed"
}
