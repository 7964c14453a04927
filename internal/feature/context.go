package feature

import (
	"slices"
	"strconv"

	"github.com/burgeehq/burgee/internal/fault"
)

// Check reports what a context field breaks that needs no look at the server.
func (f ContextField) Check() error {
	if err := CheckName("/body/name", "name", f.Name); err != nil {
		return err
	}
	if err := CheckText("/body/description", "description", f.Description); err != nil {
		return err
	}
	if len(f.LegalValues) > MaxLegalValues {
		return fault.Field("/body/legalValues", "legalValues must not be more than %d", MaxLegalValues)
	}
	for i, v := range f.LegalValues {
		path := "/body/legalValues/" + strconv.Itoa(i)
		if err := v.Check(path); err != nil {
			return err
		}
		if slices.ContainsFunc(f.LegalValues[:i], func(w LegalValue) bool { return w.Value == v.Value }) {
			return fault.Field(path+"/value", "legalValues must not hold %q twice", v.Value)
		}
	}
	return nil
}

// Check reports an empty or overlong value. The path is where it stands in the
// request ("/body").
func (v LegalValue) Check(path string) error {
	if v.Value == "" {
		return fault.Field(path+"/value", "value must not be empty")
	}
	if err := CheckText(path+"/value", "value", &v.Value); err != nil {
		return err
	}
	return CheckText(path+"/description", "description", v.Description)
}
