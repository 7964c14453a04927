package frontendapi

import (
	"crypto/subtle"

	"github.com/burgeehq/burgee/internal/token"
)

// Keys are strings of any form that let clients of a proxy in. Only digests of
// them are kept. The zero value lets nobody in.
type Keys struct {
	digests []token.Digest
}

// NewKeys returns the keys of a list, in which empty ones do not count.
func NewKeys(list []string) Keys {
	var k Keys
	for _, key := range list {
		if key != "" {
			k.digests = append(k.digests, token.DigestOf(key))
		}
	}
	return k
}

// Match reports whether a string is one of the keys, to the byte. How long it
// takes tells nothing about them.
func (k Keys) Match(given string) bool {
	if given == "" {
		return false
	}
	digest := token.DigestOf(given)
	found := 0
	for i := range k.digests {
		found |= subtle.ConstantTimeCompare(digest[:], k.digests[i][:])
	}
	return found == 1
}
