package access_test

import (
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/burgeehq/burgee/internal/access"
)

var update = flag.Bool("update", false, "write the tables of docs/access.md")

const documentation = "../../docs/access.md"

// TestDocumentation: the tables of docs/access.md are what the program does.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(documentation)
	if err != nil {
		t.Fatal(err)
	}
	want := string(raw)
	for name, table := range map[string]string{"roles": roleTable(), "permissions": permissionTable()} {
		head, rest, found := strings.Cut(want, "<!-- "+name+" -->\n")
		_, tail, closed := strings.Cut(rest, "<!-- /"+name+" -->")
		if !found || !closed {
			t.Fatalf("docs/access.md has no place for the table of %s", name)
		}
		want = head + "<!-- " + name + " -->\n" + table + "<!-- /" + name + " -->" + tail
	}
	if *update {
		if err := os.WriteFile(documentation, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(raw) != want {
		t.Error("the tables of docs/access.md are stale: run go test ./internal/access -run TestDocumentation -update")
	}
}

func roleTable() string {
	var b strings.Builder
	b.WriteString("| id | role | held | permissions |\n|---|---|---|---|\n")
	for _, role := range access.BuiltInRoles() {
		held := "in a project"
		if role.Type.OnServer() {
			held = "on the server"
		}
		var permissions []string
		for _, p := range role.Permissions {
			permissions = append(permissions, "`"+string(p.Permission)+"`")
		}
		if len(permissions) == 0 {
			permissions = []string{"none"}
		}
		b.WriteString("| " + strconv.FormatInt(int64(role.ID), 10) + " | " + role.Name + " | " + held + " | " + strings.Join(permissions, " ") + " |\n")
	}
	return b.String()
}

func permissionTable() string {
	var b strings.Builder
	b.WriteString("| permission | kind | allows | built-in roles |\n|---|---|---|---|\n")
	for _, info := range access.Permissions() {
		var roles []string
		for _, role := range access.BuiltInRoles() {
			for _, p := range role.Permissions {
				if p.Permission == info.Permission {
					roles = append(roles, role.Name)
				}
			}
		}
		b.WriteString("| `" + string(info.Permission) + "` | " + info.Scope.String() + " | " + info.Label + " | " + strings.Join(roles, ", ") + " |\n")
	}
	return b.String()
}
