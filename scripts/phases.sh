# Read by the scripts that consist of several phases: runs each, times it, holds it against its budget (scripts/budget),
# and sums up at the end. A phase that fails does not keep the next from running, so one run shows everything that is wrong.
# shellcheck shell=bash

summary=""
failed=0
cores=$(nproc)

# busy is how many seconds the machine's processors have worked since it started, for anybody.
busy() { awk -v hz="$(getconf CLK_TCK)" '/^cpu / { print ($2 + $3 + $4 + $7 + $8 + $9) / hz }' /proc/stat; }

# spent is a file for what "times" says: asked in a subshell it would speak of that one.
spent=$(mktemp)
trap 'rm -f "$spent"' EXIT

# own is how many seconds of that were ours: of this shell and of what it has waited for; "times" has just been asked.
own() { tr 'ms' '  ' <"$spent" | awk '{ s += $1 * 60 + $2 + $3 * 60 + $4 } END { print s }'; }

# phase NAME COMMAND… runs the command under a heading. The share of the machine that others had meanwhile is taken off its
# time before that is held against the budget, so that a busy machine is not taken for a slow suite.
phase() {
	local name=$1 verdict=ok began=$EPOCHREALTIME others ours budget line
	times >"$spent"
	others=$(busy) ours=$(own)
	budget=$(awk -v name="$name" '$1 == name { print $2 }' scripts/budget)
	shift
	printf '\n== %s\n' "$name"
	"$@" || {
		verdict=FAILED
		failed=1
	}
	times >"$spent"
	line=$(awk -v name="$name" -v verdict="$verdict" -v wall="$EPOCHREALTIME" -v began="$began" -v cores="$cores" \
		-v busy="$(busy)" -v others="$others" -v own="$(own)" -v ours="$ours" -v budget="$budget" 'BEGIN {
		wall -= began
		share = (busy - others - (own - ours)) / (cores * wall)
		calm = wall * (1 - (share > 0.9 ? 0.9 : share > 0 ? share : 0))
		if (budget && calm > 1.5 * budget && verdict == "ok") verdict = "TOO SLOW"
		printf "%-12s %7.1f s  of %4s s (%.1f s without what others used)  %s", name, wall, budget ? budget : "-", calm, verdict
	}')
	[[ $line != *'TOO SLOW' ]] || failed=1
	summary+=$line$'\n'
	[ "$verdict" = ok ]
}

# finish prints the times and ends the script: 0 if every phase was right and within its budget.
finish() {
	printf '\n%s' "$summary"
	exit "$failed"
}
