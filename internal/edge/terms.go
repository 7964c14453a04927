package edge

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/token"
)

// allProjects stands for all projects on the wire.
const allProjects = "*"

// readVerdicts returns the terms of secrets that were asked about. What was not
// asked about, and kinds that are not known, are left out.
func readVerdicts(verdicts []wireVerdict, asked []string) map[string]auth.Terms {
	want := make(map[string]bool, len(asked))
	for _, secret := range asked {
		want[secret] = true
	}
	all := make(map[string]auth.Terms, len(verdicts))
	for _, v := range verdicts {
		kind, known := token.ParseKind(v.Type)
		if !want[v.Token] || !known {
			continue
		}
		terms, ok := v.terms(kind)
		if ok {
			all[v.Token] = terms
		}
	}
	return all
}

// terms reports false for a limit that is not understood: such a token must not
// be let in more freely than it should be.
func (v wireVerdict) terms(kind token.Kind) (auth.Terms, bool) {
	t := auth.Terms{
		Kind: kind, Expires: v.Expires, Scope: scopeOf(v.projects(), v.Environment),
		Limits: token.Limits{Origins: v.Origins, PerSecond: v.PerSecond},
	}
	for _, text := range v.Networks {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return t, false
		}
		t.Limits.Networks = append(t.Limits.Networks, network)
	}
	return t, true
}

func (v wireVerdict) projects() []string {
	switch {
	case v.Projects != nil:
		return *v.Projects
	case v.Project != "":
		return []string{v.Project}
	default:
		return nil
	}
}

// scopeOf is the scope of a list of projects that may hold "*".
func scopeOf(projects []string, environment string) token.Scope {
	if slices.Contains(projects, allProjects) {
		return token.Scope{AllProjects: true, Environment: environment}
	}
	projects = slices.Clone(projects)
	slices.Sort(projects)
	return token.Scope{Projects: slices.Compact(projects), Environment: environment}
}

// TermsInText returns what the text of a secret says it is good for:
// project:environment.rest, or rest@environment for all projects. It is for
// secrets that an operator vouches for, never for those that a client shows.
func TermsInText(secret string, kind token.Kind) (auth.Terms, bool) {
	if parsed, err := token.Parse(secret); err == nil && parsed.Environment != "" {
		projects := []string{parsed.Project}
		if parsed.Project == "[]" { // what it lists is not in the text
			projects = []string{allProjects}
		}
		return auth.Terms{Kind: kind, Scope: scopeOf(projects, parsed.Environment)}, true
	}
	at := strings.LastIndexByte(secret, '@')
	if at <= 0 || at == len(secret)-1 {
		return auth.Terms{}, false
	}
	return auth.Terms{Kind: kind, Scope: scopeOf([]string{allProjects}, secret[at+1:])}, true
}
