// Package demo is everything that only the demo has: its companies and people, its clock, its mail pages
// and its certificate.
//
// The demo is the product itself with a clock that people may move forward and a mail server that keeps
// every mail. This package answers: what must stand around the product so that somebody can live through
// the whole procedure alone? Nothing of it is reachable in the service.
package demo
