package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/adminapi"
)

// TokenExplainConfig is what `burgee token explain` takes.
type TokenExplainConfig struct {
	Remote
	JSON    bool   `name:"json" help:"Print JSON."`
	Token   string `arg:"" help:"Identifier of the token, as the list shows it; - reads the token's secret from standard input."`
	Path    string `help:"Path of a request to judge, such as /api/client/features." placeholder:"PATH"`
	Method  string `help:"Its method; without it, GET." placeholder:"METHOD"`
	Address string `help:"The network address it comes from; without it, this one." placeholder:"IP"`
	Origin  string `help:"The page it comes from, as in the Origin header." placeholder:"ORIGIN"`
}

// Validate reports the first setting that cannot work.
func (c TokenExplainConfig) Validate() error {
	if c.Path == "" && c.Method+c.Address+c.Origin != "" {
		return errors.New("--method, --address and --origin are of a request: give its --path too")
	}
	return refuseSecret(c.Token)
}

// ExplainToken prints what a token can do, and what would become of a request.
// The server says it, by what decides on requests.
func ExplainToken(ctx context.Context, config TokenExplainConfig, streams Streams) (err error) {
	api, err := config.connect(streams)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, api.close()) }()
	t, err := api.token(ctx, config.Token, streams)
	if err != nil {
		return err
	}
	query := url.Values{}
	for name, value := range map[string]string{"path": config.Path, "method": config.Method, "address": config.Address, "origin": config.Origin} {
		if value != "" {
			query.Set(name, value)
		}
	}
	var e adminapi.TokenExplanation
	if err := api.call(ctx, http.MethodGet, "/api-tokens/"+url.PathEscape(t.ID)+"/explain?"+query.Encode(), nil, &e); err != nil {
		return err
	}
	if config.JSON {
		return streams.printJSON(e)
	}
	return streams.printTable([]string{"ABOUT", "WHAT IT IS"}, explanationRows(e))
}

// explanationRows is an explanation for people.
func explanationRows(e adminapi.TokenExplanation) [][]string {
	rows := [][]string{
		{"id", e.ID},
		{"name", e.TokenName},
		{"type", e.Type},
		{"projects", orDash(strings.Join(e.Projects, ", "))},
		{"environment", orDash(e.Environment)},
		{"opens", strings.Join(e.APIs, ", ")},
	}
	if e.Disabled {
		rows = append(rows, []string{"state", "disabled: it opens nothing until it is enabled"})
	}
	for _, p := range e.Permissions {
		where := "everywhere"
		if p.Project != "" && p.Project != access.Anywhere {
			where = "in " + p.Project
		}
		if p.Environment != "" {
			where += ", " + p.Environment
		}
		rows = append(rows, []string{"may", string(p.Permission) + " " + where})
	}
	rows = append(rows, []string{"flags", names(e.Flags)}, []string{"segments", names(e.Segments)})
	if r := e.Request; r != nil {
		verdict := "allowed"
		if !r.Allowed {
			verdict = fmt.Sprintf("refused with %d: %s", r.Status, r.Reason)
		}
		rows = append(rows, []string{"request", verdict})
		if len(r.Permissions) > 0 {
			rows = append(rows, []string{"enough is", strings.Join(r.Permissions, " or ")})
		}
	}
	return rows
}

// names is how many there are, with as many as fit a line.
func names(n adminapi.ExplainedNames) string {
	const shown = 10
	text := strconv.Itoa(n.Total)
	if len(n.Names) > 0 {
		text += ": " + strings.Join(n.Names[:min(shown, len(n.Names))], ", ")
	}
	if n.Total > shown {
		text += ", …"
	}
	return text
}
