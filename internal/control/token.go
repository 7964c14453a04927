package control

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// The types of events about API tokens.
const (
	eventTokenCreated = "api-token-created"
	eventTokenUpdated = "api-token-updated"
	eventTokenDeleted = "api-token-deleted"
)

// NewAPIToken says what token to make.
type NewAPIToken struct {
	Name        string
	Kind        token.Kind // Client, Frontend or Admin
	AllProjects bool
	Projects    []string // when not AllProjects: at least one; duplicates count once
	Environment string   // of a client or front-end token
	Limits      token.Limits
	ExpiresAt   *time.Time
	Seal        bool // keep a sealed copy of the secret; a Field error when the server keeps none
}

// verb is what is done to an API token.
type verb int

const (
	create verb = iota
	readIt
	change
	remove
)

// tokenPermission is the root permission to do something to tokens of a kind,
// in any project.
func tokenPermission(v verb, kind token.Kind) access.Permission {
	switch kind {
	case token.Client:
		return [...]access.Permission{access.CreateClientToken, access.ReadClientToken, access.UpdateClientToken, access.DeleteClientToken}[v]
	case token.Frontend:
		return [...]access.Permission{access.CreateFrontendToken, access.ReadFrontendToken, access.UpdateFrontendToken, access.DeleteFrontendToken}[v]
	case token.Admin:
		if v == create {
			return access.CreateAdminToken
		}
	case token.Personal:
	}
	return access.AdminAll
}

// mayDo returns a Forbidden error unless the actor may do this to tokens of
// the kind everywhere. The route has made sure of the verb: what is missing
// here is the right for the kind.
func mayDo(actor access.Principal, v verb, kind token.Kind) error {
	need := tokenPermission(v, kind)
	if actor.Can("", "", need) {
		return nil
	}
	return &fault.Error{
		Kind: fault.Forbidden, Code: "OperationDeniedError", Permissions: []string{string(need)},
		Message: "you need the permission " + string(need) + " to do this to a token of the kind " + kind.String(),
	}
}

// seesToken reports whether an actor may see a token in the list of all: by any
// permission on its kind, unless all its projects are hidden from the actor.
func seesToken(actor access.Principal, t store.APIToken) bool {
	return knowsToken(actor, t) && slices.ContainsFunc([]verb{create, readIt, change, remove}, func(v verb) bool {
		return actor.Can("", "", tokenPermission(v, t.Kind))
	})
}

// knowsToken reports whether an actor may know of a token: one of no project,
// of all, or of at least one that the actor sees.
func knowsToken(actor access.Principal, t store.APIToken) bool {
	if !actor.Reach.Covers(t.Scope, environmentsOf(t)) {
		return false
	}
	return t.Scope.AllProjects || len(t.Scope.Projects) == 0 || slices.ContainsFunc(t.Scope.Projects, actor.Sees)
}

// mayChange returns an error unless the actor may do this to the token in every
// project that it covers: by the right for the kind on the whole server, or the
// right for tokens in each project. A token that the actor may not know of does
// not exist.
func mayChange(actor access.Principal, v verb, t store.APIToken) error {
	if !knowsToken(actor, t) {
		return fault.New(fault.NotFound, "there is no such API token")
	}
	onServer := actor.Can("", "", tokenPermission(v, t.Kind))
	may := func(project string) bool {
		return actor.Sees(project) && (onServer || actor.Can(project, "", projectTokenPermission(v)))
	}
	places := t.Scope.Projects
	switch {
	case t.Kind == token.Admin, t.Scope.AllProjects, !slices.ContainsFunc(places, may):
		return mayDo(actor, v, t.Kind)
	case slices.ContainsFunc(places, func(project string) bool { return !may(project) }):
		return &fault.Error{
			Kind: fault.Forbidden, Code: "OperationDeniedError", Permissions: []string{string(projectTokenPermission(v))},
			Message: "the token covers other projects too: you need " + string(projectTokenPermission(v)) + " in each of them",
		}
	}
	return nil
}

// projectTokenPermission is the permission to do something to tokens of a
// project.
func projectTokenPermission(v verb) access.Permission {
	return [...]access.Permission{access.CreateProjectToken, access.ReadProjectToken, access.UpdateProjectToken, access.DeleteProjectToken}[v]
}

// APITokens returns the tokens that the actor may see, newest first. A name,
// when not nil, narrows them to the tokens of exactly that name.
func (c *Control) APITokens(ctx context.Context, actor access.Principal, name *string) ([]store.APIToken, error) {
	all, err := view(ctx, c, func(tx *store.Tx) ([]store.APIToken, error) { return tx.APITokens(ctx) })
	return slices.DeleteFunc(all, func(t store.APIToken) bool {
		return !seesToken(actor, t) || (name != nil && t.Name != *name)
	}), err
}

// CreateAPIToken makes a token and returns it with its secret, which is kept
// nowhere but, when asked for, in a sealed copy.
func (c *Control) CreateAPIToken(ctx context.Context, actor access.Principal, n NewAPIToken) (store.APIToken, string, error) {
	if err := mayDo(actor, create, n.Kind); err != nil {
		return store.APIToken{}, "", err
	}
	if n.AllProjects {
		if err := c.DB.View(ctx, func(tx *store.Tx) error { return seesAll(ctx, tx) }); err != nil {
			return store.APIToken{}, "", err
		}
	}
	return c.createToken(ctx, actor, n)
}

// seesAll returns a Forbidden error when there are projects that whoever asks
// may not know of: a token of all projects would open them.
func seesAll(ctx context.Context, tx *store.Tx) error {
	hidden, err := hiddenProjects(ctx, tx)
	if err == nil && len(hidden) > 0 {
		return &fault.Error{
			Kind: fault.Forbidden, Code: "OperationDeniedError", Permissions: []string{string(access.AdminAll)},
			Message: "a token of all projects would cover projects that you may not see: name the projects it is for",
		}
	}
	return err
}

func (c *Control) createToken(ctx context.Context, actor access.Principal, n NewAPIToken) (store.APIToken, string, error) {
	t := store.APIToken{Name: n.Name, Kind: n.Kind, CreatedBy: actor.DisplayName(), ExpiresAt: n.ExpiresAt}
	if n.Kind == token.Admin {
		n.Environment = n.Limits.EnvironmentLabel()
	}
	t.Limits = n.Limits
	t.Scope = token.Scope{AllProjects: n.AllProjects, Environment: n.Environment}
	if !n.AllProjects {
		t.Scope.Projects = slices.Compact(slices.Sorted(slices.Values(n.Projects)))
	}
	if err := checkLimits(t); err != nil {
		return t, "", err
	}
	if err := withinReach(actor, t); err != nil {
		return t, "", err
	}
	secret, err := token.Generate(n.Kind, t.Scope, c.Random)
	if err != nil {
		return t, "", err
	}
	t.Digest, t.Hint = token.DigestOf(secret), token.Hint(secret)
	if t.ID, err = newTokenID(c.Random); err != nil {
		return t, "", err
	}
	if n.Seal {
		if err := c.seal(&t, secret); err != nil {
			return t, "", err
		}
	}
	t, err = update(ctx, c, func(tx *store.Tx) (store.APIToken, error) {
		count, err := tx.CountAPITokens(ctx)
		if err != nil {
			return t, err
		}
		if count >= feature.MaxAPITokens {
			return t, fault.New(fault.Exhausted, "there are %d API tokens, and no more than %d can be: delete some that nobody uses", count, feature.MaxAPITokens)
		}
		if t.ExpiresAt, err = underPolicy(ctx, tx, t.Kind, t.ExpiresAt); err != nil {
			return t, err
		}
		return insertToken(ctx, tx, actor, t)
	})
	return t, secret, err
}

// insertToken checks that what the scope names exists, and stores the token.
func insertToken(ctx context.Context, tx *store.Tx, actor access.Principal, t store.APIToken) (store.APIToken, error) {
	if err := checkScope(ctx, tx, t); err != nil {
		return t, err
	}
	t.CreatedAt = tx.Now()
	if err := tx.InsertAPIToken(ctx, t); err != nil {
		return t, err
	}
	return t, tokenChanged(ctx, tx, actor, changed[store.APIToken]{event: eventTokenCreated, after: &t})
}

func checkScope(ctx context.Context, tx *store.Tx, t store.APIToken) error {
	if t.Kind != token.Admin && t.Scope.Environment == "*" {
		return fault.Field("/body/environment", "a %s token is valid in exactly one environment: environment cannot be *", t.Kind)
	}
	for _, name := range environmentsOf(t) {
		_, err := tx.Environment(ctx, feature.EnvironmentName(name))
		if fault.Is(err, fault.NotFound) {
			return fault.Field("/body/environment", "environment %q does not exist", name)
		}
		if err != nil {
			return err
		}
	}
	for _, id := range t.Scope.Projects {
		_, err := tx.Project(ctx, feature.ProjectID(id))
		if fault.Is(err, fault.NotFound) || !sees(ctx, feature.ProjectID(id)) {
			return fault.Field("/body/projects", "project %q does not exist", id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// UpdateAPIToken changes the token that a secret or a public id names. When it
// returns, the change counts. An unknown token is left alone, without an error.
func (c *Control) UpdateAPIToken(ctx context.Context, actor access.Principal, ref string, to TokenChange) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		t, err := findToken(ctx, tx, ref)
		if err != nil {
			return unlessMissing(err)
		}
		if err := mayChange(actor, change, t); err != nil {
			return unlessMissing(err)
		}
		return changeToken(ctx, tx, actor, t, to)
	})
}

// DeleteAPIToken deletes the token that a secret or a public id names. When it
// returns, the token opens nothing. An unknown one is no error.
func (c *Control) DeleteAPIToken(ctx context.Context, actor access.Principal, ref string) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		t, err := findToken(ctx, tx, ref)
		if err != nil {
			return unlessMissing(err)
		}
		if err := mayChange(actor, remove, t); err != nil {
			return unlessMissing(err)
		}
		return deleteToken(ctx, tx, actor, t)
	})
}

// ProjectAPITokens returns the tokens of a project, newest first: those that
// name it. Tokens of all projects and admin tokens are not the project's.
func (c *Control) ProjectAPITokens(ctx context.Context, project feature.ProjectID) ([]store.APIToken, error) {
	return view(ctx, c, func(tx *store.Tx) ([]store.APIToken, error) {
		if _, err := tx.Project(ctx, project); err != nil {
			return nil, err
		}
		all, err := tx.APITokens(ctx)
		return slices.DeleteFunc(all, func(t store.APIToken) bool { return !belongs(t, project) }), err
	})
}

func belongs(t store.APIToken, project feature.ProjectID) bool {
	return t.Kind != token.Admin && !t.Scope.AllProjects && slices.Contains(t.Scope.Projects, string(project))
}

// CreateProjectAPIToken makes a token of one project. The permission of the
// route is enough for both kinds.
func (c *Control) CreateProjectAPIToken(ctx context.Context, actor access.Principal, project feature.ProjectID, n NewAPIToken) (store.APIToken, string, error) {
	if n.Kind == token.Admin {
		return store.APIToken{}, "", fault.Field("/body/type", "type must be client or frontend: an admin token is of no project")
	}
	if _, err := view(ctx, c, func(tx *store.Tx) (feature.Project, error) { return tx.Project(ctx, project) }); err != nil {
		return store.APIToken{}, "", err
	}
	n.AllProjects, n.Projects = false, []string{string(project)}
	return c.createToken(ctx, actor, n)
}

// UpdateProjectAPIToken changes a token of a project. One that covers other
// projects too needs the right in each.
func (c *Control) UpdateProjectAPIToken(ctx context.Context, actor access.Principal, project feature.ProjectID, ref string, to TokenChange) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		t, err := findProjectToken(ctx, tx, actor, project, ref)
		if err != nil {
			return err
		}
		if err := mayChange(actor, change, t); err != nil {
			return err
		}
		return changeToken(ctx, tx, actor, t, to)
	})
}

// DeleteProjectAPIToken deletes a token of a project. One that covers other
// projects too needs the right in each.
func (c *Control) DeleteProjectAPIToken(ctx context.Context, actor access.Principal, project feature.ProjectID, ref string) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		t, err := findProjectToken(ctx, tx, actor, project, ref)
		if err != nil {
			return err
		}
		if err := mayChange(actor, remove, t); err != nil {
			return err
		}
		return deleteToken(ctx, tx, actor, t)
	})
}

// findProjectToken returns a token that names the project. One of all projects
// is not the project's.
func findProjectToken(ctx context.Context, tx *store.Tx, actor access.Principal, project feature.ProjectID, ref string) (store.APIToken, error) {
	if _, err := tx.Project(ctx, project); err != nil {
		return store.APIToken{}, err
	}
	t, err := findToken(ctx, tx, ref)
	if err != nil {
		return t, err
	}
	switch {
	case t.Scope.AllProjects && t.Kind != token.Admin && actor.IsAdmin():
		return t, fault.Field("/params/token", "token covers all projects: change or delete it among the tokens of the server")
	case !belongs(t, project):
		return t, fault.New(fault.NotFound, "there is no such API token in project %q", project)
	}
	return t, nil
}

// findToken returns the token of a public id or a whole secret.
func findToken(ctx context.Context, tx *store.Tx, ref string) (store.APIToken, error) {
	t, err := tx.APIToken(ctx, ref)
	if !fault.Is(err, fault.NotFound) {
		return t, err
	}
	return tx.APITokenByDigest(ctx, token.DigestOf(ref))
}

func changeToken(ctx context.Context, tx *store.Tx, actor access.Principal, t store.APIToken, to TokenChange) error {
	after, err := to.apply(t)
	if err != nil {
		return err
	}
	if to.Expiry != nil {
		if err := keepsPolicy(ctx, tx, t.Kind, after.ExpiresAt); err != nil {
			return err
		}
	}
	toggled, event := after, eventTokenEnabled
	var toggles bool
	if toggled.DisabledAt, toggles = toggle(tx.Now(), after.DisabledAt, to.Disabled); toggles && *to.Disabled {
		event = eventTokenDisabled
		if err := notItself(actor, t); err != nil {
			return err
		}
	}
	if err := tx.UpdateAPIToken(ctx, toggled); err != nil {
		return err
	}
	if to != (TokenChange{Disabled: to.Disabled}) {
		if err := tokenChanged(ctx, tx, actor, changed[store.APIToken]{event: eventTokenUpdated, before: &t, after: &after}); err != nil {
			return err
		}
	}
	if !toggles {
		return nil
	}
	return tokenChanged(ctx, tx, actor, changed[store.APIToken]{event: event, before: &after, after: &toggled})
}

func deleteToken(ctx context.Context, tx *store.Tx, actor access.Principal, t store.APIToken) error {
	if err := tx.DeleteAPIToken(ctx, t); err != nil {
		return err
	}
	return tokenChanged(ctx, tx, actor, changed[store.APIToken]{event: eventTokenDeleted, before: &t})
}

// tokenEvent is what the event log keeps of a token: all but the secret.
type tokenEvent struct {
	ID          string        `json:"id"`
	Name        string        `json:"tokenName"`
	Type        string        `json:"type"`
	Environment string        `json:"environment"`
	Project     string        `json:"project"`
	Projects    []string      `json:"projects"`
	CreatedAt   time.Time     `json:"createdAt"`
	ExpiresAt   *time.Time    `json:"expiresAt,omitempty"`
	Hint        string        `json:"hint"`
	Limits      *token.Limits `json:"limits,omitempty"`
	Sealed      bool          `json:"sealed,omitempty"` // a sealed copy of the secret is kept
	Disabled    bool          `json:"disabled,omitempty"`
	// OldSecretEnds is when the secret before the last rotation ends at the latest.
	OldSecretEnds *time.Time `json:"oldSecretEndsAt,omitempty"`
}

func tokenChanged(ctx context.Context, tx *store.Tx, actor access.Principal, c changed[store.APIToken]) error {
	about := c.about()
	if err := tx.Record(ctx, actor, aboutToken(c.event, *about), tokenData(c.before), tokenData(c.after)); err != nil {
		return err
	}
	return tx.Touch(ctx, store.NounAPIToken, about.ID)
}

// AboutToken narrows a list of events to those about the API token of a public
// id.
func AboutToken(f *store.EventFilter, id string) {
	f.Types = []string{
		eventTokenCreated, eventTokenUpdated, eventTokenDeleted, eventTokenRotated, eventTokenRevealed,
		eventTokenDisabled, eventTokenEnabled, eventTokenExpiring, eventTokenPurged,
	}
	f.Text = `"id":"` + id + `"` // as tokenEvent has it; a name cannot hold a bare quote
}

// aboutToken is an event of a type about a token.
func aboutToken(event string, t store.APIToken) store.Event {
	return store.Event{
		Type: event, Project: feature.ProjectID(strings.Join(TokenProjects(t), ",")), Environment: feature.EnvironmentName(t.Scope.Environment),
	}
}

func tokenData(t *store.APIToken) any {
	if t == nil {
		return nil
	}
	projects := TokenProjects(*t)
	var limits *token.Limits
	if !t.Limits.Empty() {
		limits = &t.Limits
	}
	var ends *time.Time
	if t.Retired != nil {
		ends = &t.Retired.EndsAt
	}
	return tokenEvent{
		Limits: limits, Sealed: t.Sealed != "", Disabled: t.DisabledAt != nil, Hint: t.Hint, OldSecretEnds: ends, ID: t.ID, Name: t.Name, Type: t.Kind.String(), Environment: t.Scope.Environment,
		Project: strings.Join(projects, ","), Projects: projects, CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt,
	}
}

// TokenProjects is a token's scope as lists and events show it: ["*"] for all
// projects, never nil.
func TokenProjects(t store.APIToken) []string {
	if t.Scope.AllProjects {
		return []string{"*"}
	}
	return append([]string{}, t.Scope.Projects...)
}

// unlessMissing drops a NotFound error.
func unlessMissing(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
