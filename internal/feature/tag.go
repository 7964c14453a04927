package feature

import (
	"regexp"
	"strings"

	"github.com/burgeehq/burgee/internal/fault"
)

// The bounds of a tag's type and value, in characters.
const (
	minTag = 2
	maxTag = 50
)

// colour is what tag types are shown in.
var colour = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

// Check reports what a tag type breaks.
func (t TagType) Check() error {
	if err := CheckName("/body/name", "name", t.Name); err != nil {
		return err
	}
	if err := checkTagText("/body/name", "name", t.Name); err != nil {
		return err
	}
	if err := CheckText("/body/description", "description", t.Description); err != nil {
		return err
	}
	if err := CheckText("/body/icon", "icon", t.Icon); err != nil {
		return err
	}
	if t.Color != nil && !colour.MatchString(*t.Color) {
		return fault.Field("/body/color", "color must be a hash sign and six hexadecimal digits")
	}
	return nil
}

// Normal returns the tag as it is stored: without spaces around its value.
func (t Tag) Normal() Tag {
	t.Value = strings.TrimSpace(t.Value)
	return t
}

// Check reports what a tag in its normal form breaks. The path is where it
// stands in the request ("/body").
func (t Tag) Check(path string) error {
	if err := checkTagText(path+"/type", "type", t.Type); err != nil {
		return err
	}
	return checkTagText(path+"/value", "value", t.Value)
}

func checkTagText(path, field, text string) error {
	if n := len([]rune(text)); n < minTag || n > maxTag {
		return fault.Field(path, "%s must have %d to %d characters", field, minTag, maxTag)
	}
	return nil
}
