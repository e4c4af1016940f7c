// Package calendar counts days the way the centre does.
//
// A Date is a day of the calendar in Japan, without a time. A holiday (休日) is a day off by the law on
// national holidays; a closing day is one that the centre adds for itself. A business day (営業日) is a day
// on which the centre works: neither weekend, holiday, turn of the year nor closing day.
//
// The package answers: which day is it in Japan, is it a business day, and which day is n business days
// from here? It has no clock; whoever asks brings the day or the instant.
package calendar
