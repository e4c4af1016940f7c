// Package catalogue knows what can be chosen and typed: trades, methods, kinds of application, fields of
// the system settings, customs regions, charges and set-up transactions.
//
// They are tables in CSV files, built into the program, over which an operator may lay their own. A trade
// (業種) is a kind of business an ID is licensed for; a method (処理方式) is how the ID connects; a field
// stands on a tab of the system settings: tab "name" (名称), or the tab of a trade. data/README.md says
// what each column means.
//
// The package answers: what is there to choose from, and is what was typed in a field right? What may be
// combined with what is decided by package application.
package catalogue
