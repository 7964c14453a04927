package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/adminapi"
	"github.com/burgeehq/burgee/internal/token"
)

// TokenTarget says where the tokens are that a command works on: at a server,
// or in its database, for operators whom the server does not let in.
type TokenTarget struct {
	Remote
	DataDir  string `help:"Work on the database in this data directory, without a server and a token. A server that runs on it takes the change over within a second." placeholder:"DIR"`
	Database bool   `help:"Work on the PostgreSQL database of --database-url, in the same way."`
	JSON     bool   `name:"json" help:"Print JSON."`

	DatabaseConfig
}

func (t TokenTarget) open(ctx context.Context, streams Streams, now func() time.Time) (*apiClient, error) {
	switch {
	case t.Database && !t.external():
		return nil, fmt.Errorf("--database needs the address of the database: set DATABASE_URL")
	case t.Database:
		return connectData(ctx, DataConfig{DatabaseConfig: t.DatabaseConfig}, now)
	case t.DataDir != "":
		return connectData(ctx, DataConfig{DataDir: t.DataDir}, now)
	}
	return t.connect(streams)
}

// tokenRow is an API token in answers of the Admin API and of commands.
type tokenRow struct {
	ID          string     `json:"id"`
	Secret      string     `json:"secret,omitempty"` // of a new token only
	Name        string     `json:"tokenName"`
	Type        string     `json:"type"`
	Projects    []string   `json:"projects"`
	Environment string     `json:"environment"`
	Hint        string     `json:"hint"`
	ExpiresAt   *time.Time `json:"expiresAt"`
	CreatedAt   time.Time  `json:"createdAt"`
	SeenAt      *time.Time `json:"seenAt"`
	DisabledAt  *time.Time `json:"disabledAt,omitempty"`
}

// printSecret prints a token as JSON, or its secret alone on Out and a sentence
// on Err.
func (s Streams) printSecret(asJSON bool, t tokenRow, sentence string) error {
	if asJSON {
		return s.printJSON(t)
	}
	if _, err := fmt.Fprintln(s.Out, t.Secret); err != nil {
		return fmt.Errorf("writing the secret: %w", err)
	}
	_, _ = fmt.Fprintln(s.Err, sentence)
	return nil
}

// ListTokens prints all API tokens.
func ListTokens(ctx context.Context, config TokenTarget, streams Streams, now func() time.Time) (err error) {
	api, err := config.open(ctx, streams, now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, api.close()) }()
	tokens, err := api.tokens(ctx)
	if err != nil {
		return err
	}
	if config.JSON {
		return streams.printJSON(tokens)
	}
	rows := make([][]string, len(tokens))
	for i, t := range tokens {
		expires := day(t.ExpiresAt)
		if t.ExpiresAt != nil && !now().Before(*t.ExpiresAt) {
			expires += " (over)"
		}
		if t.DisabledAt != nil {
			expires += " (disabled)"
		}
		rows[i] = []string{t.ID, t.Name, t.Type, orDash(strings.Join(t.Projects, ",")), t.Environment, expires, day(t.SeenAt), t.Hint}
	}
	return streams.printTable([]string{"ID", "NAME", "TYPE", "PROJECTS", "ENVIRONMENT", "EXPIRES", "LAST USED", "SECRET"}, rows)
}

// TokenRevokeConfig is what `burgee token revoke` takes.
type TokenRevokeConfig struct {
	TokenTarget
	Token string `arg:"" help:"Identifier of the token, as the list shows it; - reads the token's secret from standard input."`
}

// Validate reports the first setting that cannot work.
func (c TokenRevokeConfig) Validate() error { return refuseSecret(c.Token) }

// refuseSecret refuses a secret as an argument: the shell keeps what it is told.
func refuseSecret(argument string) error {
	if strings.ContainsAny(argument, ":.") {
		return errors.New("give the token's identifier, not its secret, which would stay in the shell's history; - reads the secret from standard input")
	}
	return nil
}

// RevokeToken deletes an API token. When it returns, the token opens nothing
// any more; with --data-dir, a running server needs up to a second.
func RevokeToken(ctx context.Context, config TokenRevokeConfig, streams Streams, now func() time.Time) (err error) {
	api, err := config.open(ctx, streams, now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, api.close()) }()
	t, err := api.token(ctx, config.Token, streams)
	if err != nil {
		return err
	}
	if err := api.call(ctx, http.MethodDelete, "/api-tokens/"+url.PathEscape(t.ID), nil, nil); err != nil {
		return err
	}
	if config.JSON {
		return streams.printJSON(t)
	}
	_, _ = fmt.Fprintf(streams.Err, "revoked %s token %s (%s), %s\n", t.Type, t.ID, printable(t.Name), t.scope())
	return nil
}

// TokenDisableConfig is what `burgee token disable` and `enable` take.
type TokenDisableConfig struct {
	TokenTarget
	Token string `arg:"" help:"Identifier of the token, as the list shows it; - reads the token's secret from standard input."`
}

// Validate reports the first setting that cannot work.
func (c TokenDisableConfig) Validate() error { return refuseSecret(c.Token) }

// DisableToken makes an API token open nothing, or enables it again. When it
// returns, that counts; with --data-dir, a running server needs up to a second.
func DisableToken(ctx context.Context, config TokenDisableConfig, disable bool, streams Streams, now func() time.Time) (err error) {
	api, err := config.open(ctx, streams, now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, api.close()) }()
	t, err := api.token(ctx, config.Token, streams)
	if err != nil {
		return err
	}
	if err := api.call(ctx, http.MethodPut, "/api-tokens/"+url.PathEscape(t.ID), map[string]bool{"disabled": disable}, nil); err != nil {
		return err
	}
	if t, err = api.token(ctx, t.ID, streams); err != nil {
		return err
	}
	state := "enabled"
	if t.DisabledAt != nil {
		state = "disabled"
	}
	if (t.DisabledAt != nil) != disable {
		return fmt.Errorf("%s token %s is %s still: you may see it, but not change it", t.Type, t.ID, state)
	}
	if config.JSON {
		return streams.printJSON(t)
	}
	_, _ = fmt.Fprintf(streams.Err, "%s %s token %s (%s), %s\n", state, t.Type, t.ID, printable(t.Name), t.scope())
	return nil
}

// TokenRotateConfig is what `burgee token rotate` takes.
type TokenRotateConfig struct {
	TokenTarget
	Token       string        `arg:"" help:"Identifier of the token, as the list shows it; - reads the token's secret from standard input."`
	Overlap     time.Duration `help:"How long the old secret works at most, up to 720h; 0s ends it at once." default:"24h"`
	UntilUnused time.Duration `help:"End the old secret sooner, once it has not been used for so long; at least 1m." placeholder:"DURATION"`
}

// Validate reports the first setting that cannot work.
func (c TokenRotateConfig) Validate() error {
	if c.Overlap%time.Second != 0 || c.UntilUnused%time.Second != 0 {
		return errors.New("--overlap and --until-unused must be whole seconds")
	}
	return refuseSecret(c.Token)
}

// RotateToken gives a token a new secret, which is printed alone on Out. The
// old one works on for the overlap.
func RotateToken(ctx context.Context, config TokenRotateConfig, streams Streams, now func() time.Time) (err error) {
	api, err := config.open(ctx, streams, now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, api.close()) }()
	t, err := api.token(ctx, config.Token, streams)
	if err != nil {
		return err
	}
	body := map[string]int64{"overlapSeconds": int64(config.Overlap / time.Second)}
	if config.UntilUnused != 0 {
		body["untilUnusedSeconds"] = int64(config.UntilUnused / time.Second)
	}
	if err := api.call(ctx, http.MethodPost, "/api-tokens/"+url.PathEscape(t.ID)+"/rotate?details=true", body, &t); err != nil {
		return err
	}
	old := "ended"
	if config.Overlap > 0 {
		old = "works on for " + config.Overlap.String() + " at most"
	}
	return streams.printSecret(config.JSON, t, fmt.Sprintf("rotated %s token %s (%s); the old secret %s; the new one is shown only once", t.Type, t.ID, printable(t.Name), old))
}

// tokens returns the API tokens that the caller may see.
func (c *apiClient) tokens(ctx context.Context) ([]tokenRow, error) {
	var list struct {
		Tokens []tokenRow `json:"tokens"`
	}
	err := c.call(ctx, http.MethodGet, "/api-tokens?details=true", nil, &list)
	for i := range list.Tokens {
		list.Tokens[i].Secret = "" // the list repeats the identifier here
	}
	return append([]tokenRow{}, list.Tokens...), err
}

// token returns the API token of an identifier, or of the secret on standard
// input for "-". Deleting one that does not exist is no error to the server, but
// it is to somebody who mistyped it.
func (c *apiClient) token(ctx context.Context, id string, streams Streams) (tokenRow, error) {
	if id == "-" {
		var err error
		if id, err = c.identify(ctx, streams); err != nil {
			return tokenRow{}, err
		}
	}
	tokens, err := c.tokens(ctx)
	if err != nil {
		return tokenRow{}, err
	}
	for _, t := range tokens {
		if t.ID == id {
			return t, nil
		}
	}
	return tokenRow{}, fmt.Errorf("there is no API token with the identifier %s that you may see", printable(id))
}

// identify reads a secret and returns the identifier of its API token. The
// server gets the digest only.
func (c *apiClient) identify(ctx context.Context, streams Streams) (string, error) {
	line, err := bufio.NewReaderSize(streams.In, 2*token.MaxSecret).ReadSlice('\n')
	secret := strings.TrimSpace(string(line))
	if secret == "" || errors.Is(err, bufio.ErrBufferFull) {
		return "", errors.New("standard input must be one line with the secret of a token")
	}
	known, err := c.lookup(ctx, []token.Digest{token.DigestOf(secret)})
	if err != nil {
		return "", err
	}
	switch {
	case len(known) == 0:
		return "", errors.New("no token has this secret")
	case known[0].Kind == token.Personal.String():
		return "", fmt.Errorf("this is personal access token %s of %s, who can delete it", known[0].ID, printable(known[0].Owner))
	}
	return known[0].ID, nil
}

// lookup returns the tokens of any kind that have one of the digests, of which
// there may be a thousand.
func (c *apiClient) lookup(ctx context.Context, digests []token.Digest) ([]adminapi.KnownToken, error) {
	body := adminapi.DigestsBody{Digests: make([]string, len(digests))}
	for i, d := range digests {
		body.Digests[i] = d.String()
	}
	var known adminapi.KnownTokens
	err := c.call(ctx, http.MethodPost, "/api-tokens/lookup", body, &known)
	return known.Tokens, err
}

// scope is what a token covers, in words.
func (t tokenRow) scope() string {
	if t.Type == token.Admin.String() {
		return "for everything, expires " + day(t.ExpiresAt)
	}
	projects := strings.Join(t.Projects, ", ")
	if projects == "*" {
		projects = "all projects"
	}
	return fmt.Sprintf("for %s in %s, expires %s", printable(orDash(projects)), printable(t.Environment), day(t.ExpiresAt))
}

// lifetime is a number of days or hours.
var lifetime = regexp.MustCompile(`^([0-9]{1,5})([dh])$`)

// parseExpiry reads a lifetime, a date or an instant; nil for the empty text.
func parseExpiry(text string, now time.Time) (*time.Time, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no expiry is an answer
	}
	if match := lifetime.FindStringSubmatch(text); match != nil {
		n, _ := strconv.Atoi(match[1]) // five digits
		unit := time.Hour
		if match[2] == "d" {
			unit = 24 * time.Hour
		}
		at := now.Add(time.Duration(n) * unit).UTC().Truncate(time.Second)
		return &at, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			at = at.UTC()
			return &at, nil
		}
	}
	return nil, fmt.Errorf("--expires %q is neither a number of days or hours (90d, 12h), nor a date (2027-01-31), nor an instant (2027-01-31T12:00:00Z)", text)
}
