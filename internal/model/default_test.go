//go:build !race

package model

// stepsByDefault is how many steps the histories have in all.
const stepsByDefault = 10_400
