// Package model takes the desk through long random histories and compares it with a simple model.
//
// A history is a world of three companies, five establishments and their people, whose steps are drawn from a
// seed: what applicants, administrators, viewers, examiners, supervisors and the clock do, mostly rightly and
// sometimes not, over simulated months. The truth is the model: what must be so after each step, kept in plain
// Go values without a database. It shares with the product only the calendar, the catalogue and the types;
// every rule is written in it a second time, as docs/rules.md words it. A step is right when its outcome is
// the one that the truth foretold, and when everything that can be seen afterwards agrees with the truth: the
// applications, the contract of today, of a past day and of a day to come, codes and numbers, letters, who may
// read what.
//
// It answers: does the product keep its rules in orders of events that nobody thought of? Nothing of the product
// imports it.
package model
