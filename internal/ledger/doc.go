// Package ledger answers: what has been given out, whatever the database says?
//
// A database that was restored from a backup does not know what was given out since. The ledger does: it
// lies beside the keys, outside the database and its backups, and is only ever added to (R-ID-6, R-APP-15).
//
//	base            what was given out up to the last review, one line each
//	<random>.log    what one process gives out, from its first act to its end
//	installation    the name of the installation, which its database and its key ring have too
//	lock            held while somebody reviews
//
// Words: an Entry is one thing given out; a batch is the entries of one act, written before its transaction
// commits and closed after it as done or undone; an entry of a batch that is neither is Perhaps given out,
// because its process ended in between. A series is a counter; its reserve is a number that it may have come to,
// written ahead in blocks so that not every act waits for the disk. A mark is drawn at each review and kept
// here and in the database: a database with another mark is not the one that was reviewed last.
//
// Each line is a checksum and JSON. What codes, numbers and letters-on rest on is synced before the call
// returns; the rest is in the operating system's hands, which loses it only with the machine. A last line
// that was cut by a crash counts as never written; any other damage is an error. A file is locked while its
// process lives, so that nobody judges batches that are still open. Any number of processes may share the
// directory, also of several machines.
package ledger
