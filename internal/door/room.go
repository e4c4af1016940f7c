package door

import (
	"sync"

	"uketsuke/internal/account"
)

// A Room is how many bytes the large bodies of people who are not signed in may have together while they come in, and a
// quarter of it those of one neighbourhood: however many begin one and never end it, memory stays. It is safe for
// concurrent use.
type Room struct {
	most int64

	mu    sync.Mutex
	taken int64
	by    map[string]int64
}

// NewRoom makes a room of so many bytes.
func NewRoom(most int64) *Room { return &Room{most: most, by: map[string]int64{}} }

// Take takes room for a body from an address, and says whether there was any; then leave must be called.
func (r *Room) Take(from string, bytes int64) (leave func(), ok bool) {
	place := account.Neighbourhood(from)
	r.mu.Lock()
	defer r.mu.Unlock()
	if bytes > r.most-r.taken || bytes > r.most/4-r.by[place] {
		return func() {}, false
	}
	r.taken += bytes
	r.by[place] += bytes
	return sync.OnceFunc(func() { r.give(place, bytes) }), true
}

func (r *Room) give(place string, bytes int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken -= bytes
	if r.by[place] -= bytes; r.by[place] <= 0 {
		delete(r.by, place)
	}
}
