package feature

import (
	"slices"
	"strings"

	"github.com/burgeehq/burgee/internal/fault"
)

// The modes of a project: who may see it.
const (
	ModeOpen      = "open"      // everybody who is signed in
	ModeProtected = "protected" // everybody, as open ones
	ModePrivate   = "private"   // its members and administrators: for others it does not exist
)

// Check reports what a project breaks that needs no look at the server.
func (p Project) Check() error {
	if err := CheckName("/body/id", "id", string(p.ID)); err != nil {
		return err
	}
	if err := CheckTitle("/body/name", "name", p.Name); err != nil {
		return err
	}
	if err := CheckText("/body/description", "description", p.Description); err != nil {
		return err
	}
	if err := CheckTitle("/body/defaultStickiness", "defaultStickiness", p.DefaultStickiness); err != nil {
		return err
	}
	return CheckMode(p.Mode)
}

// CheckMode reports a mode a project cannot have.
func CheckMode(mode string) error {
	if modes := []string{ModeOpen, ModeProtected, ModePrivate}; !slices.Contains(modes, mode) {
		return fault.Field("/body/mode", "mode must be one of %s; this server has no other", strings.Join(modes, ", "))
	}
	return nil
}

// ProjectIDOf makes an id of a project's name, to be used when nobody chose
// one. It is valid, and the same for the same name.
func ProjectIDOf(name string) ProjectID {
	id := strings.Map(func(r rune) rune {
		if r < 128 && urlFriendly.MatchString(string(r)) {
			return r
		}
		return '-'
	}, strings.ToLower(strings.TrimSpace(name)))
	id = strings.Trim(strings.Join(strings.FieldsFunc(id, func(r rune) bool { return r == '-' }), "-"), ".")
	if len(id) > MaxName/2 {
		id = id[:MaxName/2]
	}
	if id == "" {
		return "project"
	}
	return ProjectID(id)
}
