package control

import (
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"strings"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// initActor is who made the tokens of the variables, in lists.
const initActor = "init-api-tokens"

// FirstAdmin is the account that a new server gets.
type FirstAdmin struct {
	Username string // empty: admin
	Password string // of any strength; empty: one is generated
}

// CreateFirstAdmin makes the first account, once in the life of a database. It
// returns the password that it generated, which is kept nowhere; empty when it
// made no account or was given a password.
func (c *Control) CreateFirstAdmin(ctx context.Context, first FirstAdmin) (generated string, err error) {
	users, err := view(ctx, c, func(tx *store.Tx) (int, error) { return tx.CountUsers(ctx) })
	if err != nil || users > 0 {
		return "", err
	}
	if first.Username == "" {
		first.Username = "admin"
	}
	if first.Password == "" {
		if generated, err = newPassword(c.Random); err != nil {
			return "", err
		}
		first.Password = generated
	}
	hash, err := c.passwords.hash(ctx, c.Random, first.Password)
	if err != nil {
		return "", err
	}
	return generated, c.DB.Update(ctx, func(tx *store.Tx) error {
		if n, err := tx.CountUsers(ctx); err != nil || n > 0 {
			generated = "" // another process was faster
			return err
		}
		u, err := tx.InsertUser(ctx, store.User{
			Username: first.Username, Name: first.Username, PasswordHash: hash, RootRole: access.AdminRole, CreatedAt: tx.Now(),
		})
		if err != nil {
			return err
		}
		return userChanged(ctx, tx, access.System(), changed[store.User]{event: eventUserCreated, after: &u})
	})
}

// InitTokens are the secrets that an operator chose, by variable.
type InitTokens struct {
	Admin    []string // INIT_ADMIN_API_TOKENS
	Client   []string // INIT_CLIENT_API_TOKENS, ignored when Backend is set
	Backend  []string // INIT_BACKEND_API_TOKENS
	Frontend []string // INIT_FRONTEND_API_TOKENS
}

// initToken is one entry of a variable.
type initToken struct {
	where  string // variable and position, for messages
	secret string
	kind   token.Kind
}

// entries lists the secrets with where they stand. Blank ones are skipped.
func (t InitTokens) entries() []initToken {
	clients, variable := t.Client, "INIT_CLIENT_API_TOKENS"
	if len(t.Backend) > 0 {
		clients, variable = t.Backend, "INIT_BACKEND_API_TOKENS"
	}
	var all []initToken
	for _, list := range []struct {
		variable string
		kind     token.Kind
		secrets  []string
	}{{"INIT_ADMIN_API_TOKENS", token.Admin, t.Admin}, {variable, token.Client, clients}, {"INIT_FRONTEND_API_TOKENS", token.Frontend, t.Frontend}} {
		for i, secret := range list.secrets {
			if secret = strings.TrimSpace(secret); secret != "" {
				all = append(all, initToken{where: fmt.Sprintf("%s, entry %d", list.variable, i+1), secret: secret, kind: list.kind})
			}
		}
	}
	return all
}

// CreateInitTokens makes the tokens of the variables that do not exist and
// were never deleted, all or none of them. Its errors name the variable and
// the position of the entry that cannot be used, never its secret.
func (c *Control) CreateInitTokens(ctx context.Context, t InitTokens) error {
	var wanted []store.APIToken
	where := map[token.Digest]initToken{}
	for _, entry := range t.entries() {
		made, err := entry.token()
		if err != nil {
			return fmt.Errorf("%s: %w", entry.where, err)
		}
		earlier, twice := where[made.Digest]
		if twice && earlier.kind != entry.kind {
			return fmt.Errorf("%s: the same secret stands in %s, as a token of another kind", entry.where, earlier.where)
		}
		if !twice {
			where[made.Digest] = entry
			wanted = append(wanted, made)
		}
	}
	missing, err := view(ctx, c, func(tx *store.Tx) ([]store.APIToken, error) { return missingTokens(ctx, tx, wanted) })
	if err != nil || len(missing) == 0 {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		if missing, err = missingTokens(ctx, tx, wanted); err != nil {
			return err
		}
		for _, made := range missing {
			if err := c.createInitToken(ctx, tx, made, where[made.Digest].secret); err != nil {
				return fmt.Errorf("%s: %w", where[made.Digest].where, err)
			}
		}
		return nil
	})
}

// token is what an entry asks for. Its environment is settled later, among
// those that exist.
func (e initToken) token() (store.APIToken, error) {
	t := store.APIToken{
		Digest: token.DigestOf(e.secret), Hint: token.Hint(e.secret), Kind: e.kind,
		Name: "init-" + e.kind.String(), CreatedBy: initActor, Initial: true,
	}
	parsed, err := token.Parse(e.secret)
	if err != nil {
		return t, err
	}
	bare := parsed.Project == ""
	t.Scope = token.Scope{AllProjects: bare || parsed.Project == "*", Environment: parsed.Environment}
	switch {
	case token.Apparent(e.secret) == token.Personal:
		return t, fmt.Errorf("a secret that starts with user: is a personal access token's; those belong to people")
	case e.kind == token.Admin && !bare && (parsed.Project != "*" || parsed.Environment != "*"):
		return t, fmt.Errorf("an admin token covers everything: it must start with *:*. or have no colon")
	case e.kind == token.Admin:
		t.Scope.Environment = "*"
	case bare:
		t.Scope.Environment = string(feature.Development)
	case parsed.Project == "[]":
		return t, fmt.Errorf("a secret that starts with []: does not say which projects it covers; name one project, or * for all")
	case parsed.Environment == "*":
		return t, fmt.Errorf("a %s token is valid in one environment: name it between colon and full stop, not *", e.kind)
	case !t.Scope.AllProjects:
		t.Scope.Projects = []string{parsed.Project}
	}
	return t, nil
}

func missingTokens(ctx context.Context, tx *store.Tx, wanted []store.APIToken) ([]store.APIToken, error) {
	var missing []store.APIToken
	for _, t := range wanted {
		_, err := tx.APITokenByDigest(ctx, t.Digest)
		if err == nil {
			continue
		}
		if !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		deleted, err := tx.InitialTokenDeleted(ctx, t.Digest)
		if err != nil {
			return nil, err
		}
		if !deleted {
			missing = append(missing, t)
		}
	}
	return missing, nil
}

func (c *Control) createInitToken(ctx context.Context, tx *store.Tx, t store.APIToken, secret string) error {
	environments, err := tx.Environments(ctx)
	if err != nil {
		return err
	}
	if t.Kind != token.Admin && t.Scope.Environment != string(feature.Development) {
		t.Scope.Environment = namedEnvironment(secret, environments, t.Scope.Environment)
	}
	if t.ID, err = newTokenID(c.Random); err != nil {
		return err
	}
	_, err = insertToken(ctx, tx, access.System(), t)
	return err
}

// namedEnvironment finds which of the environments a secret names. A name may
// hold full stops, so the longest that fits wins; without any, the text before
// the first full stop is what the message will name.
func namedEnvironment(secret string, environments []feature.Environment, fallback string) string {
	_, tail, _ := strings.Cut(secret, ":")
	best := ""
	for _, e := range environments {
		name := string(e.Name)
		if len(name) > len(best) && strings.HasPrefix(tail, name+".") && len(tail) > len(name)+1 {
			best = name
		}
	}
	if best == "" {
		return fallback
	}
	return best
}

// newTokenID returns a public identifier of a token: 26 letters and digits
// that say nothing about the secret.
func newTokenID(random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("reading random bytes: %w", err)
	}
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:])), nil
}
