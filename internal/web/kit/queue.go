package kit

import (
	"net/url"
)

const NameSearched = "searched"

func DeskPath(id string, rest ...string) string {
	path := "/desk/applications/" + url.PathEscape(id)
	for _, part := range rest {
		path += "/" + part
	}
	return path
}
