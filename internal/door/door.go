// Package door holds what every connection meets before anybody asks who it is.
//
// Words: a seat is one open connection; the room is the memory that bodies of people who are not signed in may fill together;
// a neighbourhood is what one place has of addresses; a hang-up is a browser that has gone before its answer. The package
// answers one question: who gets in, and with how much? What a request means is no concern of it.
package door

import (
	"log/slog"
	"net/http"
	"time"
)

// How long a connection may take for its parts at most, and how long its head may be.
const (
	headLimit = 10 * time.Second
	// readLimit is for what nobody has let in; whoever takes a body gives it its own time.
	readLimit   = 20 * time.Second
	answerLimit = 60 * time.Second
	idleLimit   = 2 * time.Minute
	// longestHead is twice what a browser of ours sends with every cookie that it can have.
	longestHead = 16 << 10
)

// What a connection of HTTP/2 may have: so many requests at once, more than a page of ours asks for together, and so many bytes of
// all their bodies that nobody has read yet. The windows of net/http are sixteen times as large, for each connection and whoever
// comes; with these, a file still comes in at 3 MB a second over a line that answers after 20 ms.
const (
	streamsMost = 16
	unreadMost  = 64 << 10
	frameMost   = 16 << 10
)

// Server is a server with the bounds of every door; refuse answers what is one request too many (pace.go). Its errors go to the
// log, and to standard error nothing.
func Server(handler, refuse http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: paced(handler, refuse), ReadHeaderTimeout: headLimit, ReadTimeout: readLimit, WriteTimeout: answerLimit,
		IdleTimeout: idleLimit, MaxHeaderBytes: longestHead, ConnState: note, ConnContext: seated,
		HTTP2: &http.HTTP2Config{
			MaxConcurrentStreams: streamsMost, MaxReadFrameSize: frameMost, MaxReceiveBufferPerConnection: unreadMost, MaxReceiveBufferPerStream: unreadMost,
			WriteByteTimeout: answerLimit,
		},
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
