// Package web answers "which address shows what to whom?": every route stands here with its access on the line. The pages
// themselves are the rooms below it, on the kit.
package web
