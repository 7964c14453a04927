package adminapi_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/testkit"
)

type usedToken struct {
	ID, TokenName string
	LastUser      *struct{ AppName, SDK string }
}

func projectTokens(t *testing.T, s *testkit.Server, cookie string) map[string]usedToken {
	t.Helper()
	var list struct{ Tokens []usedToken }
	s.Must(http.StatusOK, http.MethodGet, "/api/admin/projects/default/api-tokens?details=true", "", "Cookie", cookie).JSON(t, &list)
	all := map[string]usedToken{}
	for _, one := range list.Tokens {
		all[one.TokenName] = one
	}
	return all
}

// A member of a project sees of its tokens who uses them, what they can do and
// what was done to them; of no other token, and nothing of other projects.
func TestMembersLookIntoProjectTokens(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	member, viewer := s.Person("member", "Viewer"), s.Person("viewer", "Viewer")
	s.Join(member, "default", 5)
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/projects", `{"id":"hush","name":"x","mode":"private"}`)
	s.Must(http.StatusCreated, http.MethodPost, "/api/admin/segments", `{"name":"hush-segment","constraints":[]}`)
	for _, name := range []string{"default/features", "hush/features"} {
		project, _, _ := strings.Cut(name, "/")
		s.Must(http.StatusCreated, http.MethodPost, "/api/admin/projects/"+name, fmt.Sprintf(`{"name":"of-%s"}`, project))
	}
	s.Must(http.StatusOK, http.MethodPost, "/api/admin/projects/hush/features/of-hush/environments/development/strategies",
		`{"name":"default","parameters":{},"segments":[1]}`)
	secret := s.Token(`{"tokenName":"both","type":"client","projects":["default","hush"],"environment":"development"}`)
	s.Token(`{"tokenName":"elsewhere","type":"client","projects":["hush"],"environment":"development"}`)
	s.Must(http.StatusOK, http.MethodGet, features, "", "Authorization", secret, "unleash-appname", "shop", "unleash-sdk", "node:1.2.3")

	tokens := projectTokens(t, s, member.Cookie)
	both := tokens["both"]
	if len(tokens) != 1 || both.LastUser == nil || both.LastUser.AppName != "shop" || both.LastUser.SDK != "node:1.2.3" {
		t.Fatalf("the member sees %+v", tokens)
	}
	const at = "/api/admin/projects/default/api-tokens/"
	for _, page := range []string{"usage", "explain", "events"} {
		got := s.Must(http.StatusOK, http.MethodGet, at+both.ID+"/"+page, "", "Cookie", member.Cookie)
		if strings.Contains(got.Body, "of-hush") || strings.Contains(got.Body, "hush-segment") {
			t.Errorf("%s shows something of another project: %s", page, got.Body)
		}
		if got := s.Do(http.MethodGet, at+both.ID+"/"+page, "", "Cookie", viewer.Cookie); got.Status != http.StatusForbidden {
			t.Errorf("%s for somebody who is no member: %d", page, got.Status)
		}
		if got := s.Do(http.MethodGet, "/api/admin/api-tokens/"+both.ID+"/"+page, "", "Cookie", member.Cookie); got.Status != http.StatusForbidden {
			t.Errorf("%s among all tokens: %d", page, got.Status)
		}
		if got := s.Do(http.MethodGet, at+"nonsense/"+page, "", "Cookie", member.Cookie); got.Status != http.StatusNotFound {
			t.Errorf("%s of an unknown token: %d", page, got.Status)
		}
	}
	e := s.Must(http.StatusOK, http.MethodGet, at+both.ID+"/explain", "", "Cookie", member.Cookie).Body
	if !strings.Contains(e, `"of-default"`) {
		t.Errorf("explained as %s", e)
	}
	if all := explain(t, s, secret); all.Flags.Total != 2 || fmt.Sprint(all.Segments.Names) != "[hush-segment]" {
		t.Errorf("to an administrator: %+v", all)
	}
}

// A token gets another name; its events tell the one before.
func TestRenameToken(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	secret := s.Token(`{"tokenName":"before","type":"client","project":"default"}`)
	s.Token(`{"tokenName":"another","type":"client","project":"default"}`)
	path := tokensPath + "/" + secret
	for _, bad := range []string{`{"name":""}`, `{"name":null}`, `{"name":"a\u0007b"}`, `{"name":"` + strings.Repeat("x", 1001) + `"}`} {
		if got := s.Do(http.MethodPut, path, bad); got.Status != http.StatusBadRequest || !strings.Contains(got.Body, "/body/name") {
			t.Errorf("%.40s: %d %s", bad, got.Status, got.Body)
		}
	}
	s.Must(http.StatusOK, http.MethodPut, path, `{"name":"مرفأ after"}`)
	s.Must(http.StatusOK, http.MethodGet, features, "", "Authorization", secret)
	var found struct {
		Total  int
		Events []struct {
			Type          string
			Data, PreData json.RawMessage
		}
	}
	s.Must(http.StatusOK, http.MethodGet, path+"/events", "").JSON(t, &found)
	if found.Total != 2 || found.Events[0].Type != "api-token-updated" || found.Events[1].Type != "api-token-created" {
		t.Fatalf("events of the token: %+v", found)
	}
	if got := found.Events[0]; !strings.Contains(string(got.Data), "مرفأ after") || !strings.Contains(string(got.PreData), `"before"`) {
		t.Errorf("renamed by %s, before %s", got.Data, got.PreData)
	}
}
