// Package charge answers: what does a month cost?
//
// Its words: a base fee is paid per terminal, for the netNACCS part of a contract and for the general part
// apart; a service (paid statistics, bonded archive) is paid per user code; metered usage is paid per user
// ID, as the centre imports it. A bill is the lines of one month with their tax. An estimate is a bill without
// metered usage, because none is known.
//
// There is no daily proration (R-CON-5): what stands on at least one day of a month is charged for the whole
// month. Of terminals the highest number that stands on any day counts; of the plan, the one that stands on
// the last day of the month on which a contract stands. Prices and the rate of tax are those of the last day
// of the month. Tax is rounded once per rate, down.
//
// The package is pure; contract and catalogue come as arguments. Amounts are whole yen before tax.
package charge
