// Package benchmark measures the product on this machine and writes docs/benchmarks.md.
//
// A figure is one measured thing with its command. A lane is work that several clients repeat; lanes that
// are compared run in turns, in several rounds of one run, because absolute times on a shared machine are
// noise: what counts is the ratio of the medians. The reference of a lane is what the machine could do at
// best: a bare durable transaction that writes as many rows and bytes, or a handler that answers the same
// bytes from memory. A set is a database filled with many copies of an application that people and the clock
// have taken through its whole life at the desk.
//
// It answers: how fast, how small, and does it stay so as the data grows? Without -report everything runs
// once in small, so that what measures stays right.
package benchmark
