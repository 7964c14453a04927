package adminapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/testkit"
)

const sessionsPath = "/api/admin/user/sessions"

type session struct {
	ID, Address, UserAgent string
	SeenAt                 *time.Time
	Current                bool
}

func sessionsOf(t *testing.T, s *testkit.Server, cookie string) []session {
	t.Helper()
	var list struct{ Sessions []session }
	s.Must(http.StatusOK, http.MethodGet, sessionsPath, "", "Cookie", cookie).JSON(t, &list)
	return list.Sessions
}

// A person sees where they are signed in, and ends one sign-in or all others.
// What the browser holds, and its digest, are in no answer.
func TestSessions(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const password = "correct horse battery staple"
	first := s.Person("anna", "Viewer").Cookie
	other := s.Person("berta", "Viewer")
	s.Clock.Advance(time.Hour)
	second, third := s.SignIn("anna", password), s.SignIn("anna", password)
	s.Clock.Advance(time.Minute)
	s.Must(http.StatusOK, http.MethodGet, "/api/admin/user", "", "Cookie", first)

	all := sessionsOf(t, s, second)
	if len(all) != 3 {
		t.Fatalf("%d sessions, want 3", len(all))
	}
	current, oldest := 0, all[2] // the latest sign-in is first
	for _, one := range all {
		if one.Current {
			current++
		}
		if strings.Contains(second, one.ID) || one.Address == "" {
			t.Errorf("a session is shown as %+v", one)
		}
	}
	if current != 1 || oldest.Current || oldest.SeenAt == nil || !oldest.SeenAt.Equal(s.Clock.Now()) {
		t.Errorf("%d current, and the oldest is %+v", current, oldest)
	}

	for _, id := range []string{"nonsense", sessionsOf(t, s, other.Cookie)[0].ID} {
		if got := s.Do(http.MethodDelete, sessionsPath+"/"+id, "", "Cookie", second); got.Status != http.StatusNotFound {
			t.Errorf("ending the session %s of nobody or of somebody else: %d", id, got.Status)
		}
	}
	s.Must(http.StatusOK, http.MethodDelete, sessionsPath+"/"+oldest.ID, "", "Cookie", second)
	s.Must(http.StatusUnauthorized, http.MethodGet, "/api/admin/user", "", "Cookie", first, "Authorization", "")
	s.Must(http.StatusOK, http.MethodDelete, sessionsPath, "", "Cookie", second)
	s.Must(http.StatusUnauthorized, http.MethodGet, "/api/admin/user", "", "Cookie", third, "Authorization", "")
	if left := sessionsOf(t, s, second); len(left) != 1 || !left[0].Current {
		t.Errorf("after ending all others: %+v", left)
	}
	s.Must(http.StatusOK, http.MethodGet, "/api/admin/user", "", "Cookie", other.Cookie, "Authorization", "")
	s.Must(http.StatusForbidden, http.MethodGet, sessionsPath, "") // of an admin token
}
