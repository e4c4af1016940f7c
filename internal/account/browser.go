package account

import "strings"

// Browser is what a browser calls itself in a few words that people know, such as "Firefox / Windows"; of one that
// says nothing known its first word, and "" of one that says nothing.
func Browser(agent string) string {
	name := firstIn(agent, [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
		{"CriOS/", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}})
	system := firstIn(agent, [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"},
		{"Macintosh", "Mac"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}})
	switch {
	case name != "" && system != "":
		return name + " / " + system
	case name != "":
		return name
	}
	word, _, _ := strings.Cut(strings.TrimSpace(agent), " ")
	return string([]rune(word)[:min(30, len([]rune(word)))])
}

// firstIn is the name of the first mark that stands in a text: a browser also names those it wants to pass for.
func firstIn(text string, marks [][2]string) string {
	for _, mark := range marks {
		if strings.Contains(text, mark[0]) {
			return mark[1]
		}
	}
	return ""
}
