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

# pace is how many times as long this machine takes just now for a piece of work of a fixed size (reckoning, hashing, starting
# processes) as the one that the budgets are for: 0.6 s of processor. It counts processor time, so that others' work makes little of
# it, and goes from 1 to 3: a fast machine keeps the budgets.
pace() {
	local TIMEFORMAT='%U %S'
	{
		time {
			awk 'BEGIN { for (i = 0; i < 2000000; i++) s += i % 7 }'
			head -c 100000000 /dev/zero | sha256sum >/dev/null
			for _ in {1..130}; do /bin/true; done
		}
	} 2>&1 | awk '{ pace = ($1 + $2) / 0.6; printf "%.2f", (pace < 1 ? 1 : (pace > 3 ? 3 : pace)) }'
}

# slower is the larger of two numbers.
slower() { awk -v a="$1" -v b="$2" 'BEGIN { print (b > a) ? b : a }'; }

# slowest is the slowest pace that was met so far: a machine that others share changes its own within minutes.
slowest=1

# phase NAME COMMAND… runs the command under a heading. The slowest pace so far multiplies its budget. The share of the machine that
# others had meanwhile is taken off its time before that is held against the budget, so that a busy machine is not taken for a slow
# suite.
phase() {
	local name=$1 verdict=ok began wall others ours budget line
	budget=$(awk -v name="$name" '$1 == name { print $2 }' scripts/budget)
	[ -z "$budget" ] || slowest=$(slower "$slowest" "$(pace)")
	began=$EPOCHREALTIME
	times >"$spent"
	others=$(busy) ours=$(own)
	shift
	printf '\n== %s\n' "$name"
	"$@" || {
		verdict=FAILED
		failed=1
	}
	times >"$spent"
	wall=$EPOCHREALTIME others="$(busy) $others" ours="$(own) $ours"
	[ -z "$budget" ] || slowest=$(slower "$slowest" "$(pace)")
	line=$(awk -v name="$name" -v verdict="$verdict" -v wall="$wall" -v began="$began" -v cores="$cores" \
		-v others="$others" -v ours="$ours" -v budget="$budget" -v pace="$slowest" 'BEGIN {
		wall -= began
		split(others, machine); busy = machine[1]; others = machine[2]
		split(ours, us); own = us[1]; ours = us[2]
		budget = int(budget * pace)
		share = (busy - others - (own - ours)) / (cores * wall)
		calm = wall * (1 - (share > 0.9 ? 0.9 : share > 0 ? share : 0))
		if (budget && calm > 1.5 * budget && verdict == "ok") verdict = "TOO SLOW"
		printf "%-12s %7.1f s  of %4s s at a pace of %s (%.1f s without what others used)  %s", name, wall, budget ? budget : "-", pace, calm, verdict
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
