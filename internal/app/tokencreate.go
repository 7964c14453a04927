package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/authapi"
	"github.com/burgeehq/burgee/internal/token"
)

// serviceAccountToken is a kind of the command line alone: a personal token of
// an account for a program.
const serviceAccountToken = "service-account"

// TokenCreateConfig is what `burgee token create` takes.
type TokenCreateConfig struct {
	TokenTarget
	Name        string   `arg:"" help:"Name of the token, for people."`
	Type        string   `help:"client (servers read flags), frontend (browsers and apps evaluate them), admin (automation: everything, or a scope), personal (does what you may do) or service-account (does what the account may do)." enum:"client,frontend,admin,personal,service-account" required:"true"`
	Project     []string `help:"Project that the token covers; may be given several times; '*' for all, now and later. Narrows an admin token." placeholder:"ID"`
	Environment string   `help:"Environment that the token covers. Narrows an admin token." placeholder:"NAME"`
	Permission  []string `help:"Permission of an admin token, which then has no other; may be given several times." placeholder:"NAME"`
	Account     string   `help:"Username or number of the service account, for a token of one." placeholder:"WHO"`
	Username    string   `help:"Sign in as this person to make a personal token, with the password on standard input; without it, the token to use must be a personal one." placeholder:"WHO"`
	Expires     string   `help:"When the token stops working: a number of days or hours (90d, 12h), a date (2027-01-31) or an instant (2027-01-31T12:00:00Z); without it, never." placeholder:"WHEN"`
}

// Validate reports the first setting that cannot work.
func (c TokenCreateConfig) Validate() error {
	personal, service, admin := c.Type == token.Personal.String(), c.Type == serviceAccountToken, c.Type == token.Admin.String()
	scoped := len(c.Project) > 0 || c.Environment != ""
	switch {
	case (personal || service) && (scoped || len(c.Permission) > 0):
		return errors.New("the token has the rights of its account: leave --project, --environment and --permission out")
	case !admin && len(c.Permission) > 0:
		return errors.New("--permission is for admin tokens")
	case service != (c.Account != ""):
		return errors.New("--account says of which service account a token of the type service-account is; neither goes without the other")
	case !personal && c.Username != "":
		return errors.New("--username is for personal tokens")
	case personal && (c.DataDir != "" || c.Database):
		return errors.New("a personal token is made by its person, at a server: leave --data-dir and --database out")
	case personal || service || admin:
		return nil
	case len(c.Project) == 0:
		return errors.New("--project must say which projects the token covers; '*' for all")
	case c.Environment == "":
		return errors.New("--environment must say which environment the token covers")
	}
	return nil
}

// CreateToken makes a token. The secret is printed alone on Out, to be piped;
// what people want to know goes to Err.
func CreateToken(ctx context.Context, config TokenCreateConfig, streams Streams, now func() time.Time) (err error) {
	expires, err := parseExpiry(config.Expires, now())
	if err != nil {
		return err
	}
	if config.Username != "" {
		return config.signedIn(ctx, streams, expires)
	}
	api, err := config.open(ctx, streams, now)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, api.close()) }()
	switch config.Type {
	case token.Personal.String():
		return config.createPersonal(ctx, api, streams, "/user/tokens", expires)
	case serviceAccountToken:
		path, err := api.serviceAccount(ctx, config.Account)
		if err != nil {
			return err
		}
		return config.createPersonal(ctx, api, streams, path+"/token", expires)
	}
	var made tokenRow
	if err := api.call(ctx, http.MethodPost, "/api-tokens?details=true", config.body(expires), &made); err != nil {
		return err
	}
	return streams.printSecret(config.JSON, made, fmt.Sprintf("created %s token %s, %s; the secret is shown only once", made.Type, made.ID, made.scope()))
}

// body is the request for an API token.
func (c TokenCreateConfig) body(expires *time.Time) map[string]any {
	body := map[string]any{"tokenName": c.Name, "type": c.Type}
	if len(c.Project) > 0 {
		body["projects"] = c.Project
	}
	if c.Environment != "" && c.Type == token.Admin.String() {
		body["environments"] = []string{c.Environment}
	} else if c.Environment != "" {
		body["environment"] = c.Environment
	}
	if len(c.Permission) > 0 {
		body["permissions"] = c.Permission
	}
	if expires != nil {
		body["expiresAt"] = expires
	}
	return body
}

// personalRow is a personal token, or one of a service account, in answers and
// of commands.
type personalRow struct {
	ID          int64      `json:"id"`
	Secret      string     `json:"secret"`
	Description string     `json:"description"`
	ExpiresAt   *time.Time `json:"expiresAt"`
	CreatedAt   time.Time  `json:"createdAt"`
}

// createPersonal makes a token of an account and prints it.
func (c TokenCreateConfig) createPersonal(ctx context.Context, api *apiClient, streams Streams, path string, expires *time.Time) error {
	var made personalRow
	if err := api.call(ctx, http.MethodPost, path, map[string]any{"description": c.Name, "expiresAt": expires}, &made); err != nil {
		return err
	}
	if c.JSON {
		return streams.printJSON(made)
	}
	ends := "never expires"
	if made.ExpiresAt != nil {
		ends = "expires " + day(made.ExpiresAt)
	}
	sentence := fmt.Sprintf("created %s token %d, %s; the secret is shown only once", c.Type, made.ID, ends)
	return streams.printSecret(false, tokenRow{Secret: made.Secret}, sentence)
}

// serviceAccount returns the path of the service account that a username or a
// number names.
func (c *apiClient) serviceAccount(ctx context.Context, who string) (string, error) {
	var all struct {
		ServiceAccounts []struct {
			ID       int64  `json:"id"`
			Username string `json:"username"`
		} `json:"serviceAccounts"`
	}
	if err := c.call(ctx, http.MethodGet, "/service-account", nil, &all); err != nil {
		return "", err
	}
	for _, account := range all.ServiceAccounts {
		if id := strconv.FormatInt(account.ID, 10); account.Username == who || id == who {
			return "/service-account/" + id, nil
		}
	}
	return "", fmt.Errorf("there is no service account %s", printable(who))
}

// signedIn makes a personal token in a session of its own, which ends with it.
func (c TokenCreateConfig) signedIn(ctx context.Context, streams Streams, expires *time.Time) (err error) {
	api, err := c.connectWith(streams, func() (string, error) { return "", nil })
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, api.close()) }()
	line, err := bufio.NewReader(streams.In).ReadString('\n')
	password := strings.TrimRight(line, "\r\n")
	if password == "" {
		return errors.Join(errors.New("standard input must be one line with the password"), err)
	}
	if err := api.signIn(ctx, c.Username, password); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, api.signOut(ctx)) }()
	return c.createPersonal(ctx, api, streams, "/user/tokens", expires)
}

// signIn opens a session, with which the calls are made from then on.
func (c *apiClient) signIn(ctx context.Context, username, password string) error {
	header, err := c.send(ctx, http.MethodPost, auth.SignInPath, map[string]string{"username": username, "password": password}, nil)
	if err != nil {
		return err
	}
	c.cookie, _, _ = strings.Cut(header.Get("Set-Cookie"), ";")
	return nil
}

// signOut ends the session.
func (c *apiClient) signOut(ctx context.Context) error {
	_, err := c.send(ctx, http.MethodPost, authapi.SignOutPath, nil, nil)
	return err
}
