package adminapi_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/adminapi"
	"github.com/burgeehq/burgee/internal/testkit"
	"github.com/burgeehq/burgee/internal/token"
)

const lookupPath = "/api/admin/api-tokens/lookup"

func digestsBody(secrets ...string) string {
	digests := make([]string, len(secrets))
	for i, secret := range secrets {
		digests[i] = `"` + token.DigestOf(secret).String() + `"`
	}
	return `{"digests":[` + strings.Join(digests, ",") + `]}`
}

func TestLookupTellsWhoseSecretsWereFound(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	client := s.Token(`{"tokenName":"leaked","type":"client","environment":"development","projects":["default"],"expiresAt":"2026-11-22T12:00:01Z"}`)
	admin := s.SignIn("admin", testkit.AdminPassword)
	var personal struct{ Secret string }
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/user/tokens", `{"description":"laptop","expiresAt":"2030-01-01T00:00:00Z"}`, "Cookie", admin).JSON(t, &personal)
	s.Clock.Advance(1e10)

	var got adminapi.KnownTokens
	answer := s.Must(http.StatusOK, http.MethodPost, lookupPath, digestsBody(client, "user:nobody", personal.Secret, testkit.AdminToken, client))
	answer.JSON(t, &got)
	var found []string
	for _, k := range got.Tokens {
		expires := "never"
		if k.ExpiresAt != nil {
			expires = k.ExpiresAt.Format("2006")
		}
		found = append(found, strings.Join([]string{k.Kind, k.Name, k.Owner, expires, k.Hint}, " "))
	}
	slices.Sort(found)
	want := []string{
		"admin init-admin  never " + token.Hint(testkit.AdminToken),
		"client leaked  2026 " + token.Hint(client),
		"personal laptop admin 2030 " + token.Hint(personal.Secret),
	}
	if diff := cmp.Diff(want, found); diff != "" {
		t.Errorf("tokens (-want +got):\n%s", diff)
	}
	if strings.Contains(answer.Body, client) || strings.Contains(answer.Body, personal.Secret) {
		t.Error("the answer has a secret")
	}
}

func TestLookupIsForAdministrators(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	editor := s.Person("eve", "Editor")
	digest := token.DigestOf("x").String()
	s.Run(
		testkit.Step{Name: "nothing", Method: "POST", Path: lookupPath, Body: `{"digests":[]}`, Status: http.StatusOK, Contains: []string{`"tokens":[]`}},
		testkit.Step{Name: "editor", Method: "POST", Path: lookupPath, Body: `{"digests":[]}`, Status: http.StatusForbidden, As: editor.PAT},
		testkit.Step{Name: "no body", Method: "POST", Path: lookupPath, Body: `{}`, Status: http.StatusBadRequest, Contains: []string{"/body/digests"}},
		testkit.Step{Name: "no digest", Method: "POST", Path: lookupPath, Body: `{"digests":["` + digest + `","x"]}`, Status: http.StatusBadRequest, Contains: []string{"/body/digests/1"}},
		testkit.Step{Name: "too many", Method: "POST", Path: lookupPath, Body: digestsBody(make([]string, 1001)...), Status: http.StatusBadRequest, Contains: []string{"/body/digests"}},
		testkit.Step{Name: "as many as may be", Method: "POST", Path: lookupPath, Body: digestsBody(make([]string, 1000)...), Status: http.StatusOK},
	)
}
