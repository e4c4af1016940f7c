// Package query is generated from the schema and the queries of package store: one typed method per query,
// the same SQL text for both databases. Nothing is written here by hand but this comment; `make generate`
// makes the rest anew.
package query
