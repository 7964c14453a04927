package adminapi

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/web"
)

// FuzzAPITokenBody: whatever is sent is refused by a rule or understood, and a
// body that speaks of projects never makes a token of all of them but by "*".
func FuzzAPITokenBody(f *testing.F) {
	for _, seed := range []string{
		`{"tokenName":"a","type":"client"}`, `{"tokenName":"a","type":"client","project":"x"}`, `{"username":5,"type":"FRONTEND","projects":["a","*"]}`,
		`{"tokenName":"a","type":"admin","environment":"*"}`, `{"tokenName":null,"type":"client","project":null,"projects":[null]}`,
		`{"tokenName":"a","type":"client","expiresAt":"2030-01-01T00:00:00Z"}`, `{"tokenName":"a","type":"client","Project":"x","PROJECTS":["y"]}`, `[]`, `null`,
		`{"tokenName":"a","type":"client","PROJECTS":null}`, `{"tokenName":"a","type":"client","Projects":[]}`, `{"tokenName":"a","type":"client","projecT":null}`,
	} {
		f.Add(seed)
	}
	body := &web.Body[APITokenBody]{}
	f.Fuzz(func(t *testing.T, text string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(text))
		r.Header.Set("Content-Type", "application/json")
		b, err := body.Read(httptest.NewRecorder(), r)
		if err == nil {
			n, problem := b.read()
			if err = problem; err == nil {
				check(t, text, n.Kind, n.AllProjects, n.Projects)
			}
		}
		if err != nil && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.TooLarge) {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

func check(t *testing.T, text string, kind token.Kind, all bool, projects []string) {
	t.Helper()
	if kind == 0 || kind == token.Personal || !all && len(projects) == 0 {
		t.Fatalf("%q makes a token of kind %v for %v", text, kind, projects)
	}
	var sent map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &sent); err != nil {
		t.Fatalf("%q was understood, and is no object: %v", text, err)
	}
	for name, value := range sent {
		if (strings.EqualFold(name, "project") || strings.EqualFold(name, "projects")) && all && !strings.Contains(string(value), "*") && !strings.Contains(strings.ToLower(string(value)), `\u002a`) {
			t.Fatalf("%q makes a token of all projects", text)
		}
	}
}
