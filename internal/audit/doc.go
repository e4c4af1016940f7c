// Package audit answers: what is one entry, and is the log whole?
//
// An Entry says that somebody did something, and when. It is written in the transaction of the act itself,
// and never changed. Its Text is the one line that is stored and hashed; the hash is over exactly those
// bytes. What could name or describe a person – the Personal text – stands beside the line, and only its
// salted hash is inside: the personal text and its salt can be removed one day, and the line still has its
// hash. A Record is the row.
//
// The log is a Merkle tree over the lines (RFC 6962): a Leaf is an entry at its place, a Checkpoint the
// signed root of the tree at one size. An export holds leaves and checkpoints; a Verification compares the
// leaves with what was signed, with the keys of a Trust and with checkpoints that were saved elsewhere; its Verdict
// has a Caveat for each thing that it could not show. A HandOver is the word of a key that another takes its place.
//
// An entry has no place for a secret: its details are a fixed set of Keys, each for a short fact.
package audit
