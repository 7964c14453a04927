package feature

import (
	"net/url"

	"github.com/burgeehq/burgee/internal/fault"
)

const (
	// MaxLinks is how many links one flag has.
	MaxLinks = 50
	// maxURL bounds the address of a link, in bytes.
	maxURL = 2000
)

// Link leads from a flag to a page about it: a ticket, a document.
type Link struct {
	ID    string  `json:"id"`
	URL   string  `json:"url"`
	Title *string `json:"title"`
}

// Check reports what a link breaks.
func (l Link) Check() error {
	parsed, err := url.Parse(l.URL)
	if err != nil || (parsed.Scheme != "http" && parsed.Scheme != "https") || parsed.Host == "" || len(l.URL) > maxURL {
		return fault.Field("/body/url", "url must be a web address that begins with http:// or https:// and has at most %d bytes", maxURL)
	}
	if l.Title != nil && len([]rune(*l.Title)) > MaxName {
		return fault.Field("/body/title", "title must not be longer than %d characters", MaxName)
	}
	return nil
}
