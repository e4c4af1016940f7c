package kit

import (
	"net/url"
)

// NameSearched is where a session keeps what an examiner searched for: words searched for stay out of addresses.
const NameSearched = "searched"

// DeskPath is the queue.
func DeskPath(id string, rest ...string) string {
	path := "/desk/applications/" + url.PathEscape(id)
	for _, part := range rest {
		path += "/" + part
	}
	return path
}
