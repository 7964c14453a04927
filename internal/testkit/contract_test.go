package testkit

import "testing"

// A check that passes whatever the answer is would prove nothing.
func TestContractRefusesWhatIsNotPromised(t *testing.T) {
	t.Parallel()
	c, err := adminContract()
	if err != nil {
		t.Fatal(err)
	}
	const field = `{"name":"a","description":null,"stickiness":true,"sortOrder":1,"legalValues":[],"createdAt":"2026-11-22T12:00:00Z"}`
	for _, tc := range []struct {
		name, method, path string
		status             int
		body               string
		fits               bool
	}{
		{"as promised", "GET", "/api/admin/context/a", 200, field, true},
		{"not of the Admin API", "GET", "/health", 200, `{}`, true},
		{"an error", "GET", "/api/admin/context/a", 404, `{"message":"no"}`, true},
		{"an error nobody listed", "GET", "/api/admin/context/a", 503, `{"message":"no"}`, true},
		{"lacks fields", "GET", "/api/admin/context/a", 200, `{"name":"a"}`, false},
		{"wrong type", "GET", "/api/admin/context", 200, `[` + field + `,1]`, false},
		{"null list", "GET", "/api/admin/context", 200, `null`, false},
		{"wrong status", "GET", "/api/admin/context/a", 201, field, false},
		{"error without message", "GET", "/api/admin/context/a", 404, `{}`, false},
		{"not JSON", "GET", "/api/admin/context/a", 404, `no`, false},
	} {
		if err := c.check(tc.method, tc.path, Answer{Status: tc.status, Body: tc.body}); (err == nil) != tc.fits {
			t.Errorf("%s: %v, want fit %v", tc.name, err, tc.fits)
		}
	}
}
