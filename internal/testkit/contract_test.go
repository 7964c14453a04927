package testkit

import (
	"net/http"
	"testing"
)

// A check that passes whatever the answer is would prove nothing.
func TestContractRefusesWhatIsNotPromised(t *testing.T) {
	t.Parallel()
	c, err := adminContract()
	if err != nil {
		t.Fatal(err)
	}
	const one, many = "/api/admin/tag-types/a", "/api/admin/tag-types"
	const class = `{"name":"a","description":null,"icon":null,"color":null}`
	for _, tc := range []struct {
		name, path string
		status     int
		body       string
		fits       bool
	}{
		{"as promised", one, 200, class, true},
		{"not of the Admin API", "/health", 200, `{}`, true},
		{"an error", one, 404, `{"message":"no"}`, true},
		{"an error nobody listed", one, 503, `{"message":"no"}`, true},
		{"lacks fields", one, 200, `{"name":"a"}`, false},
		{"wrong type", many, 200, `{"version":1,"tagTypes":[` + class + `,1]}`, false},
		{"null list", many, 200, `{"version":1,"tagTypes":null}`, false},
		{"wrong status", one, 201, class, false},
		{"error without message", one, 404, `{}`, false},
		{"not JSON", one, 404, `no`, false},
	} {
		if err := c.check(http.MethodGet, tc.path, Answer{Status: tc.status, Body: tc.body}); (err == nil) != tc.fits {
			t.Errorf("%s: %v, want fit %v", tc.name, err, tc.fits)
		}
	}
}
