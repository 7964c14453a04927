package feature

import (
	"regexp"

	"github.com/burgeehq/burgee/internal/fault"
)

// MaxName is the longest name of a flag, environment, project or context
// field, in characters.
const MaxName = 100

// urlFriendly is what fits a URL's path unescaped.
var urlFriendly = regexp.MustCompile(`^[A-Za-z0-9_.~-]+$`)

// visible is a text with something to see in it.
var visible = regexp.MustCompile(`\S`)

// CheckName reports a name that cannot stand in a URL: empty, longer than
// [MaxName], with characters outside A-Z a-z 0-9 _ . ~ -, or only full stops.
func CheckName(path, field, name string) error {
	switch {
	case name == "":
		return fault.Field(path, "%s must not be empty", field)
	case len([]rune(name)) > MaxName:
		return fault.Field(path, "%s must not be longer than %d characters", field, MaxName)
	case !urlFriendly.MatchString(name):
		return fault.Field(path, "%s must be URL friendly: letters, digits, underscore, full stop, tilde and hyphen only", field)
	case name == "." || name == "..":
		return fault.Field(path, "%s must not be %q, which means a folder in a URL", field, name)
	}
	return nil
}
