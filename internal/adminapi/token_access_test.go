package adminapi_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/adminapi"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/testkit"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
	"github.com/burgeehq/burgee/internal/token"
)

// holder is the Admin API as somebody sees it who holds some grants: custom
// roles are such sets.
type holder struct {
	t       *testing.T
	control *control.Control
	router  chi.Router
	grants  access.Grants
}

func newHolder(t *testing.T) *holder {
	t.Helper()
	db := testdb.New(t).Open(t, testkit.NewClock().Now)
	h := &holder{t: t, control: &control.Control{DB: db, Random: rand.Reader}, router: chi.NewRouter()}
	if err := h.control.Bootstrap(t.Context()); err != nil {
		t.Fatal(err)
	}
	api := &adminapi.Handler{
		Control:   h.control,
		Principal: h.principal,
		Seen:      func(token.Kind, string) time.Time { return time.Time{} },
	}
	api.Mount(h.router)
	return h
}

func (h *holder) principal(*http.Request) (access.Principal, error) {
	return h.who(), nil
}

func (h *holder) who() access.Principal {
	sees := access.Visibility{Open: map[string]bool{"default": true}}
	return access.Principal{UserID: 7, Username: "holder", Grants: h.grants, Projects: sees}
}

func (h *holder) do(method, path, body string) (int, string) {
	h.t.Helper()
	r := httptest.NewRequestWithContext(h.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	h.router.ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

// add makes a token as the server itself and returns its id.
func (h *holder) add(kind token.Kind) string {
	h.t.Helper()
	n := control.NewAPIToken{Name: kind.String(), Kind: kind, Projects: []string{"default"}, Environment: "development"}
	made, _, err := h.control.CreateAPIToken(context.WithoutCancel(h.t.Context()), access.System(), n)
	if err != nil {
		h.t.Fatal(err)
	}
	return made.ID
}

// R26, R29: each of the eight root permissions on tokens gives what it says, in
// any project, the list of what it is about, and nothing else.
func TestSinglePermissions(t *testing.T) {
	t.Parallel()
	h := newHolder(t)
	const denied, operation = `"PermissionError"`, `"OperationDeniedError"`
	for _, c := range []struct {
		permission                                                        access.Permission
		list, createC, createF, updateC, updateF, deleteC, deleteF, admin int
		lists                                                             []string
	}{
		{access.ReadClientToken, 200, 403, 403, 403, 403, 403, 403, 403, []string{"client"}},
		{access.ReadFrontendToken, 200, 403, 403, 403, 403, 403, 403, 403, []string{"frontend"}},
		{access.CreateClientToken, 200, 201, 403, 403, 403, 403, 403, 403, []string{"client"}},
		{access.CreateFrontendToken, 200, 403, 201, 403, 403, 403, 403, 403, []string{"frontend"}},
		{access.UpdateClientToken, 200, 403, 403, 200, 403, 403, 403, 403, []string{"client"}},
		{access.UpdateFrontendToken, 200, 403, 403, 403, 200, 403, 403, 403, []string{"frontend"}},
		{access.DeleteClientToken, 200, 403, 403, 403, 403, 200, 403, 403, []string{"client"}},
		{access.DeleteFrontendToken, 200, 403, 403, 403, 403, 403, 200, 403, []string{"frontend"}},
		{access.AdminAll, 200, 201, 201, 200, 200, 200, 200, 200, []string{"admin", "client", "frontend"}},
		{access.CreateFeature, 403, 403, 403, 403, 403, 403, 403, 403, nil},
	} {
		client, frontend, admin := h.add(token.Client), h.add(token.Frontend), h.add(token.Admin)
		h.grants = access.Grants{{Permission: c.permission, Project: "default"}}
		const expiry = `{"expiresAt":null}`
		for _, step := range []struct {
			name, method, path, body string
			want                     int
			verb                     string // the permission's verb that the route asks for
		}{
			{"list", "GET", "/api-tokens", "", c.list, "READ"},
			{"list by name", "GET", "/api-tokens/client", "", c.list, "READ"},
			{"create client", "POST", "/api-tokens", `{"tokenName":"x","type":"client"}`, c.createC, "CREATE"},
			{"create frontend", "POST", "/api-tokens", `{"tokenName":"x","type":"frontend"}`, c.createF, "CREATE"},
			{"update client", "PUT", "/api-tokens/" + client, expiry, c.updateC, "UPDATE"},
			{"update frontend", "PUT", "/api-tokens/" + frontend, expiry, c.updateF, "UPDATE"},
			{"update admin", "PUT", "/api-tokens/" + admin, expiry, c.admin, "UPDATE"},
			{"delete client", "DELETE", "/api-tokens/" + client, "", c.deleteC, "DELETE"},
			{"delete frontend", "DELETE", "/api-tokens/" + frontend, "", c.deleteF, "DELETE"},
			{"delete admin", "DELETE", "/api-tokens/" + admin, "", c.admin, "DELETE"},
		} {
			status, body := h.do(step.method, adminapi.Prefix+step.path, step.body)
			if status != step.want {
				t.Errorf("with %s: %s: %d, want %d: %s", c.permission, step.name, status, step.want, body)
			}
			if status != http.StatusForbidden {
				continue
			}
			name := denied
			if strings.HasPrefix(string(c.permission), step.verb) && strings.HasSuffix(string(c.permission), "_API_TOKEN") {
				name = operation // the right verb, for another kind
			}
			if !strings.Contains(body, name) || !strings.Contains(body, `"permissions":[`) {
				t.Errorf("with %s: %s: %s, want %s and the permissions that would do", c.permission, step.name, body, name)
			}
		}
		if c.list == http.StatusOK {
			h.checkKinds(c.permission, c.lists)
		}
	}
	h.grants = access.Grants{{Permission: access.CreateClientToken}}
	if status, body := h.do(http.MethodPost, "/api/admin/api-tokens", `{"tokenName":"x","type":"admin"}`); status != http.StatusForbidden || !strings.Contains(body, "ADMIN") {
		t.Errorf("an admin token by whoever may make client tokens: %d %s", status, body)
	}
	// The permission is looked at before the body.
	h.grants = nil
	if status, _ := h.do(http.MethodPost, "/api/admin/api-tokens", `{"nonsense`); status != http.StatusForbidden {
		t.Errorf("nonsense from nobody: %d", status)
	}
}

// checkKinds compares the kinds in the list. More rights on a kind than to read
// it show it too.
func (h *holder) checkKinds(held access.Permission, want []string) {
	h.t.Helper()
	for _, kind := range []token.Kind{token.Client, token.Frontend, token.Admin} {
		h.add(kind)
	}
	tokens, err := h.control.APITokens(h.t.Context(), h.who(), nil)
	if err != nil {
		h.t.Fatal(err)
	}
	var kinds []string
	for _, one := range tokens {
		if !slices.Contains(kinds, one.Kind.String()) {
			kinds = append(kinds, one.Kind.String())
		}
	}
	slices.Sort(kinds)
	if !slices.Equal(kinds, want) {
		h.t.Errorf("with %s the list has %v, want %v", held, kinds, want)
	}
}

// R28: READ_PROJECT_API_TOKEN lets its holder view tokens of that project, and
// of no other. The other three are as narrow.
func TestSingleProjectPermissions(t *testing.T) {
	t.Parallel()
	h := newHolder(t)
	for _, c := range []struct {
		permission                   access.Permission
		list, create, update, remove int
	}{
		{access.ReadProjectToken, 200, 403, 403, 403},
		{access.CreateProjectToken, 403, 201, 403, 403},
		{access.UpdateProjectToken, 403, 403, 200, 403},
		{access.DeleteProjectToken, 403, 403, 403, 200},
		{access.ReadClientToken, 403, 403, 403, 403},
	} {
		id := h.add(token.Client)
		for project, inside := range map[string]bool{"default": true, "elsewhere": false} {
			h.grants = access.Grants{{Permission: c.permission, Project: project}}
			base := "/api/admin/projects/default/api-tokens"
			for _, step := range []struct {
				method, path, body string
				want               int
			}{
				{"GET", base, "", c.list},
				{"POST", base, `{"tokenName":"x","type":"frontend"}`, c.create},
				{"PUT", base + "/" + id, `{"expiresAt":null}`, c.update},
				{"DELETE", base + "/" + id, "", c.remove},
			} {
				want := step.want
				if !inside {
					want = http.StatusForbidden
				}
				if status, body := h.do(step.method, step.path, step.body); status != want {
					t.Errorf("%s in %s: %s: %d, want %d: %s", c.permission, project, step.method, status, want, body)
				}
				if step.method == http.MethodDelete && inside && c.remove == http.StatusOK {
					id = h.add(token.Client)
				}
			}
		}
	}
}
