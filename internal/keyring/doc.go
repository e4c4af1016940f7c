// Package keyring answers: where are the keys?
//
// A ring is a directory outside the database and outside every backup (R-SEC-6):
//
//	ring.id                                       the ring's id, which the database knows
//	keys/ring.id, ring/ring.id, aside/ring.id     the same id: a folder without it is not mounted
//	folders                                       says that each folder has it
//	drawn.<purpose>.<use>.<version>               says that the ring's own key was drawn, until it is retired
//	installation                                  the name of the ring's installation, which database and ledger have too
//	keys/<last reading day>/<application>-<random>  the key of one attempt at an approval
//	aside/<day>/<last reading day>/<…>            one that was set aside on a day
//	ring/<purpose>[.<use>.<version>]              long-lived keys of the ring itself
//
// A key is 32 random bytes. Its Name is the path below keys. A key is destroyed by overwriting, syncing
// and unlinking its file. On flash and on file systems that never write in place the overwriting may
// leave the old bytes behind; there the directory belongs on an encrypted volume.
//
// Every change is synced before the call returns: file first, then its directory, then the directory above.
// A crash before that may leave a file that is short or that nobody names; no sealed row can name it,
// since a row is written only after Create returned, and Sweep sets it aside. A crash between the unlinking
// and its sync may bring a key back; Sweep destroys it again.
//
// Any number of processes may share the directory. Nothing is cached, and what was read of a key is overwritten after its use
// (package forget).
package keyring
