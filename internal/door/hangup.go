package door

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
)

// StatusGone is what the log says of a request whose browser has hung up; nobody receives it.
const StatusGone = 499

// Gone says whether an error is nothing but a browser that has hung up: its request is over, and the error says so. An error
// that says something else is ours, even if the browser has gone meanwhile: it may have gone because of it.
func Gone(ctx context.Context, err error) bool {
	return errors.Is(err, http.ErrAbortHandler) || errors.Is(ctx.Err(), context.Canceled) && errors.Is(err, context.Canceled)
}

// Hangups tell of errors. The zero value is ready.
type Hangups struct{ n atomic.Int64 }

// Tell writes an error to the log: as ERROR what is ours, and as INFO, with how many there have been, that a browser has hung
// up. It says whether it was that.
func (h *Hangups) Tell(ctx context.Context, log *slog.Logger, what string, err error, more ...any) bool {
	if !Gone(ctx, err) {
		log.ErrorContext(ctx, what, append(more, "error", err)...)
		return false
	}
	log.InfoContext(ctx, "browser has gone", append(more, "while", what, "so far", h.n.Add(1))...)
	return true
}
