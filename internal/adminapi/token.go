package adminapi

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
	"unicode"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/web"
)

// maxTokenName bounds the name of a token, in bytes.
const maxTokenName = 1000

// APIToken is a token as answers show it. Clients that are generated from the
// public description refuse properties they do not know, so what it lacks is
// sent only with ?details=true.
type APIToken struct {
	Secret            string     `json:"secret" doc:"The secret, in the answer to its creation or rotation, or revealed from a sealed copy; else the public id"`
	TokenName         string     `json:"tokenName"`
	Type              string     `json:"type" enum:"client,backend,frontend,admin"`
	Environment       string     `json:"environment" doc:"Of an admin token: *, the one it covers, or [] for several"`
	Project           string     `json:"project" doc:"The projects, separated by commas"`
	Projects          []string   `json:"projects" doc:"[\"*\"] for all projects; empty for a token that sees nothing, as its projects are deleted"`
	ExpiresAt         *time.Time `json:"expiresAt" nullable:"true"`
	CreatedAt         time.Time  `json:"createdAt"`
	Alias             *string    `json:"alias" nullable:"true" doc:"Always null"`
	SeenAt            *time.Time `json:"seenAt" nullable:"true" doc:"When it was last used"`
	ID                string     `json:"id,omitempty" doc:"Public identifier; with ?details=true"`
	Hint              string     `json:"hint,omitempty" doc:"Head and tail of the secret; with ?details=true"`
	Secure            bool       `json:"secure,omitempty" doc:"The server keeps a digest of the secret only; with ?details=true"`
	Sealed            bool       `json:"sealed,omitempty" doc:"The server keeps an encrypted copy of the secret too; with ?details=true"`
	Secrets           []Secret   `json:"secrets,omitempty" doc:"The current secret and, after a rotation, the one before it; with ?details=true"`
	Permissions       []string   `json:"permissions,omitempty" doc:"Of an admin token: the only ones it has; with ?details=true"`
	Environments      []string   `json:"environments,omitempty" doc:"Of an admin token: the only ones it covers; with ?details=true"`
	DisabledAt        *time.Time `json:"disabledAt,omitempty" doc:"Since when it opens nothing, until it is enabled; with ?details=true"`
	ExpiresSoon       bool       `json:"expiresSoon,omitempty" doc:"It ends within 14 days; with ?details=true"`
	AllowedNetworks   []string   `json:"allowedNetworks,omitempty" doc:"The only networks it works from; with ?details=true"`
	AllowedOrigins    []string   `json:"allowedOrigins,omitempty" doc:"The only pages it works from; with ?details=true"`
	RequestsPerSecond int        `json:"requestsPerSecond,omitempty" doc:"How many requests a second it may make; with ?details=true"`
	// LastUser is who used it last, as far as the answering process knows.
	LastUser *SecretUser `json:"lastUser,omitempty" doc:"Who used it last, of those that the answering process has seen since it started; with ?details=true"`
}

// APITokens is a list of tokens.
type APITokens struct {
	Tokens []APIToken `json:"tokens"`
}

// APITokenBody creates a token.
type APITokenBody struct {
	Type        string    `json:"type" required:"true" doc:"client (or backend), frontend, or admin; in any case"`
	TokenName   Given     `json:"tokenName,omitempty" doc:"Need not be unique"`
	Username    Given     `json:"username,omitempty" doc:"Older name of tokenName"`
	Environment Given     `json:"environment,omitempty" doc:"Exactly one; development when absent"`
	Project     Given     `json:"project,omitempty" doc:"One project, or *"`
	Projects    GivenList `json:"projects,omitempty" doc:"Several projects; all of them, now and later, when neither is given"`
	ExpiresAt   Expiry    `json:"expiresAt,omitempty" doc:"Absent: never"`
	// Permissions and Environments are pointers so that an empty list, which
	// would widen the token, is told from none.
	Permissions  *[]string `json:"permissions,omitempty" doc:"Of an admin token: the only permissions it has. Without permissions, projects and environments it may do everything; with projects or environments alone, all but what concerns the whole server"`
	Environments *[]string `json:"environments,omitempty" doc:"Of an admin token: the only environments in which permissions hold that are about one"`
	Seal         *bool     `json:"seal,omitempty" doc:"Keep an encrypted copy of the secret that can be read back with REVEAL_API_TOKEN; needs a server with BURGEE_SEAL_KEY. Absent: for Terraform's provider and unleasherator only"`
	LimitsBody
}

// Given is a text that may be absent but not null: null would read as absent,
// and the absence of a project means all of them.
type Given struct {
	Set  bool
	Text string
}

// JSONSchema implements [web.Schemer].
func (Given) JSONSchema() *openapi3.Schema { return web.Text("").JSONSchema() }

// UnmarshalJSON implements json.Unmarshaler. Numbers and booleans are read as
// their text.
func (g *Given) UnmarshalJSON(raw []byte) error {
	g.Set = true
	return json.Unmarshal(raw, (*web.Text)(&g.Text))
}

// GivenList is a list of texts that may be absent, but neither null nor empty.
type GivenList struct {
	Set   bool
	Texts []web.Text
}

// JSONSchema implements [web.Schemer].
func (GivenList) JSONSchema() *openapi3.Schema {
	return openapi3.NewArraySchema().WithItems(web.Text("").JSONSchema()).WithMinItems(1)
}

// UnmarshalJSON implements json.Unmarshaler.
func (g *GivenList) UnmarshalJSON(raw []byte) error {
	g.Set = true
	return json.Unmarshal(raw, &g.Texts)
}

// Expiry is an instant in a body, which may be absent or null.
type Expiry struct {
	Set bool
	At  *time.Time
}

// JSONSchema implements [web.Schemer].
func (Expiry) JSONSchema() *openapi3.Schema {
	return &openapi3.Schema{Type: &openapi3.Types{openapi3.TypeString}, Format: "date-time", Nullable: true}
}

// UnmarshalJSON implements json.Unmarshaler.
func (e *Expiry) UnmarshalJSON(raw []byte) error {
	e.Set = true
	if string(raw) == "null" {
		return nil
	}
	var text string
	if err := json.Unmarshal(raw, &text); err != nil {
		return badExpiry()
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return badExpiry()
	}
	at = at.UTC().Truncate(time.Millisecond)
	e.At = &at
	return nil
}

func badExpiry() error {
	return fault.Field("/body/expiresAt", "expiresAt must be a date with time and zone, as in 2030-01-31T12:00:00Z")
}

// TokenChangeBody changes a token: what is not given stays.
type TokenChangeBody struct {
	// Name is not called tokenName: clients of Unleash send that too, and expect
	// it to change nothing.
	Name      Given  `json:"name,omitempty" doc:"Another tokenName; need not be unique"`
	ExpiresAt Expiry `json:"expiresAt,omitempty" doc:"null: never"`
	Disabled  *bool  `json:"disabled,omitempty" doc:"true: it opens nothing until it is enabled again"`
	LimitsBody
}

// tokenReaders are those who see tokens: who may do anything to one of them.
func tokenReaders() Need {
	return in(access.ReadClientToken, access.ReadFrontendToken, access.CreateClientToken, access.CreateFrontendToken, access.CreateAdminToken,
		access.UpdateClientToken, access.UpdateFrontendToken, access.DeleteClientToken, access.DeleteFrontendToken)
}

func (h *Handler) tokenRoutes() []Route {
	list := tokenReaders()
	may := func(client, frontend access.Permission) Need { return in(client, frontend) }
	return []Route{
		read("/api-tokens", "getAllApiTokens", "List API tokens", list, h.listTokens).with(revealParam(), detailsParam()),
		read("/api-tokens/{token}", "getApiTokensByName", "List API tokens of a name", list, h.listTokensByName).with(revealParam(), detailsParam()),
		read("/api-tokens/{token}/usage", "getApiTokenUsage", "See who uses an API token, and how often", list, h.tokenUsage).
			with(hoursBackParam()),
		read("/api-tokens/{token}/events", "getApiTokenEvents", "List what was done to an API token, newest first", list, h.tokenEvents).
			with(limitParam(), offsetParam()),
		write(http.MethodPost, "/api-tokens/{token}/rotate", "rotateApiToken", "Give an API token a new secret",
			may(access.UpdateClientToken, access.UpdateFrontendToken), http.StatusOK, h.rotateToken),
		write(http.MethodPost, "/api-tokens", "createApiToken", "Create an API token",
			in(access.CreateClientToken, access.CreateFrontendToken, access.CreateAdminToken), http.StatusCreated, h.createToken),
		write(http.MethodPut, "/api-tokens/{token}", "updateApiToken", "Change the name, the expiry and the limits of an API token, disable or enable it",
			may(access.UpdateClientToken, access.UpdateFrontendToken), http.StatusOK, h.updateToken),
		act(http.MethodDelete, "/api-tokens/{token}", "deleteApiToken", "Delete an API token",
			may(access.DeleteClientToken, access.DeleteFrontendToken), http.StatusOK, h.deleteToken),
	}
}

func (h *Handler) projectTokenRoutes() []Route {
	const base = "/projects/{projectId}/api-tokens"
	return []Route{
		read(base, "getProjectApiTokens", "List API tokens of a project", in(access.ReadProjectToken), h.listProjectTokens).with(detailsParam()),
		read(base+"/{token}/usage", "getProjectApiTokenUsage", "See who uses an API token of a project, and how often",
			in(access.ReadProjectToken), h.tokenUsage).with(hoursBackParam()),
		read(base+"/{token}/events", "getProjectApiTokenEvents", "List what was done to an API token of a project, newest first",
			in(access.ReadProjectToken), h.tokenEvents).with(limitParam(), offsetParam()),
		write(http.MethodPost, base, "createProjectApiToken", "Create an API token of a project",
			in(access.CreateProjectToken), http.StatusCreated, h.createProjectToken),
		write(http.MethodPut, base+"/{token}", "updateProjectApiToken", "Change the name, the expiry and the limits of an API token of a project, disable or enable it",
			in(access.UpdateProjectToken), http.StatusOK, h.updateProjectToken),
		write(http.MethodPost, base+"/{token}/rotate", "rotateProjectApiToken", "Give an API token of a project a new secret",
			in(access.UpdateProjectToken), http.StatusOK, h.rotateProjectToken),
		act(http.MethodDelete, base+"/{token}", "deleteProjectApiToken", "Delete an API token of a project",
			in(access.DeleteProjectToken), http.StatusOK, h.deleteProjectToken),
	}
}

func (h *Handler) listTokens(c *Call) (APITokens, error) {
	tokens, err := h.Control.APITokens(c.r.Context(), c.Actor, nil)
	if err != nil {
		return APITokens{}, err
	}
	return h.showRevealed(c, tokens)
}

func (h *Handler) listTokensByName(c *Call) (APITokens, error) {
	name := c.Param("token") // a name here, by the same place in the path
	tokens, err := h.Control.APITokens(c.r.Context(), c.Actor, &name)
	if err != nil {
		return APITokens{}, err
	}
	return h.showRevealed(c, tokens)
}

// token returns the API token that the path names: among those of the project
// when it names one too.
func (h *Handler) token(c *Call) (store.APIToken, error) {
	if project := feature.ProjectID(c.Param("projectId")); project != "" {
		return h.Control.ProjectAPIToken(c.r.Context(), c.Actor, project, c.Param("token"))
	}
	return h.Control.APIToken(c.r.Context(), c.Actor, c.Param("token"))
}

func (h *Handler) tokenEvents(c *Call) (EventSearch, error) {
	t, err := h.token(c)
	if err != nil {
		return EventSearch{}, err
	}
	events, total, err := h.events(c, searchedEvents, func(f *store.EventFilter) error {
		control.AboutToken(f, t.ID)
		return nil
	})
	return EventSearch{Events: events, Total: total}, err
}

func (h *Handler) createToken(c *Call, b APITokenBody) (APIToken, error) {
	n, err := b.read()
	if err != nil {
		return APIToken{}, err
	}
	n.Seal = h.seals(c, b)
	made, secret, err := h.Control.CreateAPIToken(c.r.Context(), c.Actor, n)
	if err != nil {
		return APIToken{}, err
	}
	return h.showCreated(c, made, secret, b.Type), nil
}

func (h *Handler) updateToken(c *Call, b TokenChangeBody) (None, error) {
	change, err := b.read()
	if err != nil {
		return None{}, err
	}
	return None{}, h.Control.UpdateAPIToken(c.r.Context(), c.Actor, c.Param("token"), change)
}

func (h *Handler) deleteToken(c *Call) (None, error) {
	return None{}, h.Control.DeleteAPIToken(c.r.Context(), c.Actor, c.Param("token"))
}

func (h *Handler) listProjectTokens(c *Call) (APITokens, error) {
	tokens, err := h.Control.ProjectAPITokens(c.r.Context(), feature.ProjectID(c.Param("projectId")))
	return h.showTokens(c, tokens), err
}

func (h *Handler) createProjectToken(c *Call, b APITokenBody) (APIToken, error) {
	b.Project, b.Projects = Given{}, GivenList{} // the path says which
	n, err := b.read()
	if err != nil {
		return APIToken{}, err
	}
	n.Seal = h.seals(c, b)
	made, secret, err := h.Control.CreateProjectAPIToken(c.r.Context(), c.Actor, feature.ProjectID(c.Param("projectId")), n)
	if err != nil {
		return APIToken{}, err
	}
	return h.showCreated(c, made, secret, b.Type), nil
}

func (h *Handler) updateProjectToken(c *Call, b TokenChangeBody) (None, error) {
	change, err := b.read()
	if err != nil {
		return None{}, err
	}
	project := feature.ProjectID(c.Param("projectId"))
	return None{}, h.Control.UpdateProjectAPIToken(c.r.Context(), c.Actor, project, c.Param("token"), change)
}

func (h *Handler) deleteProjectToken(c *Call) (None, error) {
	return None{}, h.Control.DeleteProjectAPIToken(c.r.Context(), c.Actor, feature.ProjectID(c.Param("projectId")), c.Param("token"))
}

// read checks what the schema cannot say, and returns what the body asks for.
func (b APITokenBody) read() (control.NewAPIToken, error) {
	var n control.NewAPIToken
	var known bool
	if n.Kind, known = token.ParseKind(b.Type); !known || n.Kind == token.Personal {
		return n, fault.Field("/body/type", "type must be client, frontend or admin")
	}
	var err error
	if n.Name, err = b.name(); err != nil {
		return n, err
	}
	if b.ExpiresAt.Set && b.ExpiresAt.At == nil {
		return n, badExpiry()
	}
	n.ExpiresAt = b.ExpiresAt.At
	if n.AllProjects, n.Projects, err = b.projects(); err != nil {
		return n, err
	}
	n.Environment = string(feature.Development)
	if b.Environment.Set {
		n.Environment = b.Environment.Text
	}
	if n.Environment == "" {
		return n, fault.Field("/body/environment", "environment must not be empty")
	}
	if err := b.readScope(&n); err != nil {
		return n, err
	}
	return n, b.limit(&n.Limits)
}

func (b APITokenBody) name() (string, error) {
	if b.TokenName.Set {
		return b.TokenName.tokenName("tokenName")
	}
	return b.Username.tokenName("tokenName")
}

// tokenName checks the name of a token, which a field of the body gives.
func (g Given) tokenName(field string) (string, error) {
	switch {
	case g.Text == "":
		return "", fault.Field("/body/"+field, "%s must be given, and must not be empty", field)
	case len(g.Text) > maxTokenName:
		return "", fault.Field("/body/"+field, "%s must not be longer than %d bytes", field, maxTokenName)
	case strings.ContainsFunc(g.Text, unicode.IsControl):
		return "", fault.Field("/body/"+field, "%s must not hold control characters", field)
	}
	return g.Text, nil
}

// projects returns the scope that the body names, in either of two ways.
func (b APITokenBody) projects() (everything bool, ids []string, err error) {
	for _, id := range b.Projects.Texts {
		ids = append(ids, string(id))
	}
	if b.Projects.Set && len(ids) == 0 {
		return false, nil, fault.Field("/body/projects", "projects must not be empty; leave it out for all projects")
	}
	if b.Project.Set {
		if len(ids) > 0 && (len(ids) != 1 || ids[0] != b.Project.Text) {
			return false, nil, fault.Field("/body/project", "project and projects contradict each other: give one of them")
		}
		ids = []string{b.Project.Text}
	}
	if len(ids) == 0 {
		return true, nil, nil
	}
	for _, id := range ids {
		if id == "" {
			return false, nil, fault.Field("/body/projects", "the id of a project must not be empty")
		}
		everything = everything || id == "*"
	}
	return everything, ids, nil
}

func (h *Handler) showTokens(c *Call, tokens []store.APIToken) APITokens {
	all := APITokens{Tokens: make([]APIToken, len(tokens))}
	for i, t := range tokens {
		all.Tokens[i] = h.showToken(c, t)
	}
	return all
}

func (h *Handler) showToken(c *Call, t store.APIToken) APIToken {
	projects := control.TokenProjects(t)
	shown := APIToken{
		Secret: t.ID, TokenName: t.Name, Type: t.Kind.String(), Environment: t.Scope.Environment,
		Project: strings.Join(projects, ","), Projects: projects, ExpiresAt: t.ExpiresAt, CreatedAt: t.CreatedAt,
		SeenAt: h.lastSeen(t.Kind, t.ID, t.SeenAt),
	}
	if c.Query("details") == "true" {
		shown.ID, shown.Hint, shown.Secure, shown.Sealed = t.ID, t.Hint, t.Sealed == "", t.Sealed != ""
		shown.Secrets, shown.LastUser = h.showSecrets(secretsOf(t)), h.lastUser(secretsOf(t))
		shown.Permissions, shown.Environments = t.Limits.Permissions, t.Limits.Environments
		shown.ExpiresSoon, shown.DisabledAt = h.Control.ExpiresSoon(t), t.DisabledAt
		shown.AllowedOrigins, shown.RequestsPerSecond = t.Limits.Origins, t.Limits.PerSecond
		for _, network := range t.Limits.Networks {
			shown.AllowedNetworks = append(shown.AllowedNetworks, network.String())
		}
	}
	return shown
}

// showCreated is the answer to a creation: the only one with the secret. The
// kind is spelled as the request spelled it.
func (h *Handler) showCreated(c *Call, t store.APIToken, secret, kind string) APIToken {
	c.w.Header().Set("Location", "api-tokens")
	c.w.Header().Set("Cache-Control", "no-store")
	shown := h.showToken(c, t)
	shown.Secret, shown.Type = secret, strings.ToLower(kind)
	return shown
}

// lastSeen is when a token was last used: what is in memory, or what another
// process stored.
func (h *Handler) lastSeen(kind token.Kind, id string, stored *time.Time) *time.Time {
	return newer(h.Seen(kind, id), stored)
}
