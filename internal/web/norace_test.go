//go:build !race

package web

// raceDetected says that the tests run under the race detector.
const raceDetected = false
