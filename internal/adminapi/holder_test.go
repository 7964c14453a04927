package adminapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/testkit"
)

func TestWhoHoldsARole(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	const roles = admin + "/roles"
	makeProjects(s, "web", "app")
	s.Must(http.StatusOK, "POST", roles, `{"name":"Switcher","permissions":[{"name":"UPDATE_FEATURE_ENVIRONMENT"}]}`)
	s.Must(http.StatusOK, "POST", roles, `{"name":"Reads","type":"root-custom","permissions":[{"name":"READ_LOGS"}]}`)
	ann := s.PersonOfRole("ann", 101)
	bob := s.Person("bob", "Viewer")
	s.Join(ann, "web", 100)
	s.Join(bob, "app", 100)
	s.Must(http.StatusCreated, "POST", admin+"/groups", fmt.Sprintf(`{"name":"Sailors","rootRole":101,"users":[{"user":{"id":%s}}]}`, bob.IDText()))
	s.Must(http.StatusOK, "POST", admin+"/projects/web/access", `{"roles":[100],"groups":[1],"users":[]}`)
	s.Must(http.StatusCreated, "POST", admin+"/service-account", `{"username":"robot","name":"Robot","rootRole":101}`)
	s.Run(
		testkit.Step{Name: "in projects", Method: "GET", Path: roles + "/100/holders", Status: 200, Contains: []string{
			fmt.Sprintf(`"users":[{"id":%s,"name":"ann","project":"web"},{"id":%s,"name":"bob","project":"app"}]`, ann.IDText(), bob.IDText()),
			`"serviceAccounts":[]`, `"groups":[{"id":1,"name":"Sailors","project":"web"}]`,
		}},
		testkit.Step{Name: "on the server, without members of groups", Method: "GET", Path: roles + "/101/holders", Status: 200, Contains: []string{
			fmt.Sprintf(`"users":[{"id":%s,"name":"ann"}]`, ann.IDText()), `"name":"Robot"}`, `"groups":[{"id":1,"name":"Sailors"}]`,
		}},
		testkit.Step{Name: "nobody", Method: "GET", Path: roles + "/6/holders", Status: 200, Contains: []string{`{"users":[],"serviceAccounts":[],"groups":[]}`}},
		testkit.Step{Name: "unknown", Method: "GET", Path: roles + "/999/holders", Status: 404},
		testkit.Step{Name: "not for others", Method: "GET", Path: roles + "/100/holders", As: ann.PAT, Status: 403},
		testkit.Step{Name: "how many", Method: "GET", Path: roles + "?details=true", Status: 200, Contains: []string{
			`"name":"Switcher","type":"custom","holders":3}`, `"name":"Reads","type":"root-custom","holders":3}`, `"holders":0`,
		}},
		testkit.Step{Name: "how many, told when asked for", Method: "GET", Path: roles, Status: 200, Lacks: []string{"holders"}},
		testkit.Step{Name: "where what bob may do comes from", Method: "GET", Path: admin + "/user-admin/" + bob.IDText() + "/permissions", Status: 200, Contains: []string{
			`"holdings":[{"role":{"id":3,"name":"Viewer"`, `"group":{"id":1,"name":"Sailors"}}`, `"project":"app"}`, `"project":"web","group":{"id":1,"name":"Sailors"}}`,
		}},
		testkit.Step{Name: "what permissions are about", Method: "GET", Path: admin + "/permissions", Status: 200, Contains: []string{
			`"displayName":"Create flags","type":"project","category":"Flags and strategies"`,
		}},
	)
}

func TestReadingOneServiceAccount(t *testing.T) {
	t.Parallel()
	s := testkit.Start(t)
	var robot, made struct {
		ID     int64
		Secret string
	}
	s.Must(http.StatusCreated, "POST", admin+"/service-account", `{"username":"robot","name":"Robot","rootRole":3}`).JSON(t, &robot)
	account := fmt.Sprintf("%s/service-account/%d", admin, robot.ID)
	s.Must(http.StatusCreated, "POST", account+"/token", `{"description":"ci","expiresAt":null}`).JSON(t, &made)
	usage := fmt.Sprintf("%s/token/%d/usage", account, made.ID)
	s.Must(http.StatusOK, "GET", "/api/admin/projects", "", "Authorization", made.Secret)
	person := s.Person("ann", "Viewer")
	s.Run(
		testkit.Step{Name: "one", Method: "GET", Path: account, Status: 200, Contains: []string{`"username":"robot"`, `"description":"ci"`}, Lacks: []string{made.Secret}},
		testkit.Step{Name: "a person is none", Method: "GET", Path: admin + "/service-account/" + person.IDText(), Status: 404},
		testkit.Step{Name: "not for others", Method: "GET", Path: account, As: person.PAT, Status: 403},
		testkit.Step{Name: "usage", Method: "GET", Path: usage, Status: 200, Contains: []string{`"current":true`, `"requestsPerHour":1`}, Lacks: []string{made.Secret}},
		testkit.Step{Name: "usage is not for others", Method: "GET", Path: usage, As: person.PAT, Status: 403},
		testkit.Step{Name: "usage of another's token", Method: "GET", Path: strings.Replace(usage, "/token/", "/token/99", 1), Status: 404},
		testkit.Step{Name: "usage of a token as a person's", Method: "GET", Path: fmt.Sprintf("%s/user-admin/%d/tokens/%d/usage", admin, robot.ID, made.ID), Status: 404},
		testkit.Step{Name: "usage of a person's token", Method: "GET", Path: admin + "/user-admin/" + person.IDText() + "/tokens/2/usage", Status: 200, Contains: []string{`"secrets":[{`}},
	)
	read := s.Must(http.StatusOK, "GET", account, "")
	tag := read.Header.Get("ETag")
	s.Must(http.StatusOK, "PUT", account, `{"name":"Robot 2"}`, "If-Match", tag)
	s.Must(http.StatusConflict, "PUT", account, `{"name":"Robot 3"}`, "If-Match", tag)
}
