//go:build race

package model

// stepsByDefault is few under the race detector, which makes a step ten times dearer: the histories share
// nothing but catalogue and printer. scripts/test runs all of them without it.
const stepsByDefault = 1_300
