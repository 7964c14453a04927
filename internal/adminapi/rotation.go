package adminapi

import (
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// RotationBody says how the secret before a rotation ends.
type RotationBody struct {
	OverlapSeconds     *int `json:"overlapSeconds,omitempty" doc:"How long the old secret works at most, up to 2592000 (30 days); 0: not at all. 86400 when absent, 2592000 with untilUnusedSeconds"`
	UntilUnusedSeconds int  `json:"untilUnusedSeconds,omitempty" doc:"End the old secret sooner, once it has not been used for so long: 60 to 2592000"`
}

func (b RotationBody) overlap() control.Overlap {
	// A number beyond what a Duration holds must stay out of range.
	seconds := func(n int) time.Duration { return time.Duration(max(-1, min(n, 1<<31))) * time.Second }
	o := control.Overlap{Idle: seconds(b.UntilUnusedSeconds)}
	if b.OverlapSeconds != nil {
		longest := seconds(*b.OverlapSeconds)
		o.For = &longest
	}
	return o
}

// Secret is one secret of a token: what can be shown of it.
type Secret struct {
	Hint      string     `json:"hint" doc:"Head and tail"`
	CreatedAt time.Time  `json:"createdAt"`
	EndsAt    *time.Time `json:"endsAt" nullable:"true" doc:"Of the one before the last rotation: when it stops working, at the latest. null: with the token"`
	SeenAt    *time.Time `json:"seenAt" nullable:"true" doc:"When it was last used"`
}

// TokenUsage says who uses the secrets of a token, as the answering process has
// seen since it started, and how often it was used in each hour.
type TokenUsage struct {
	Secrets []SecretUsage `json:"secrets" doc:"The current secret first; their users are those of this process since it started"`
	Hours   []TokenHour   `json:"hours" doc:"Requests with the token to all processes on the database, both secrets together; hours without any are left out"`
}

// TokenHour is how many requests came with a token in an hour.
type TokenHour struct {
	Timestamp time.Time `json:"timestamp" doc:"The beginning of the hour"`
	Requests  int64     `json:"requests"`
}

// hoursBackParam says how far back counts by hour go.
func hoursBackParam() Param {
	return number("hoursBack", "How far back counts by hour go; 48 when absent, 336 is the most")
}

// hoursBack reads how far back counts by hour go.
func (c *Call) hoursBack() (int, error) {
	const most = int(store.KeepHourly / time.Hour)
	hours, err := c.number("hoursBack", defaultHoursBack, 1)
	return min(hours, most), err
}

// SecretUsage says who uses a secret.
type SecretUsage struct {
	Secret
	Current bool         `json:"current" doc:"false: the one before the last rotation"`
	Users   []SecretUser `json:"users" doc:"The latest first; no more than 20"`
}

// SecretUser is who uses a secret.
type SecretUser struct {
	AppName         string    `json:"appName" doc:"As the SDK calls it; empty when it does not say"`
	InstanceID      string    `json:"instanceId" doc:"Instance or connection; empty for a front-end token"`
	SDK             string    `json:"sdk" doc:"SDK and version, or User-Agent"`
	Address         string    `json:"address" doc:"Network address; empty for a front-end token, whose users are people"`
	SeenAt          time.Time `json:"seenAt"`
	RequestsPerHour int       `json:"requestsPerHour" doc:"In the last hour"`
}

func (h *Handler) rotateToken(c *Call, b RotationBody) (APIToken, error) {
	t, secret, err := h.Control.RotateAPIToken(c.r.Context(), c.Actor, c.Param("token"), b.overlap())
	if err != nil {
		return APIToken{}, err
	}
	return h.showRotated(c, t, secret), nil
}

func (h *Handler) rotateProjectToken(c *Call, b RotationBody) (APIToken, error) {
	t, secret, err := h.Control.RotateProjectAPIToken(c.r.Context(), c.Actor, feature.ProjectID(c.Param("projectId")), c.Param("token"), b.overlap())
	if err != nil {
		return APIToken{}, err
	}
	return h.showRotated(c, t, secret), nil
}

func (h *Handler) showRotated(c *Call, t store.APIToken, secret string) APIToken {
	c.w.Header().Set("Cache-Control", "no-store")
	shown := h.showToken(c, t)
	shown.Secret = secret
	return shown
}

func (h *Handler) rotatePersonalToken(c *Call, b RotationBody) (PersonalToken, error) {
	id, err := c.ID("id")
	if err != nil {
		return PersonalToken{}, err
	}
	t, secret, err := h.Control.RotatePersonalToken(c.r.Context(), c.Actor, id, b.overlap())
	return h.showRotatedPersonal(c, t, secret), err
}

func (h *Handler) showRotatedPersonal(c *Call, t store.PersonalToken, secret string) PersonalToken {
	c.w.Header().Set("Cache-Control", "no-store")
	shown := h.showPersonalToken(t)
	shown.Secret = secret
	return shown
}

func (h *Handler) tokenUsage(c *Call) (TokenUsage, error) {
	t, err := h.token(c)
	if err != nil {
		return TokenUsage{}, err
	}
	return h.showUsage(c, secretsOf(t))
}

func (h *Handler) personalTokenUsage(c *Call) (TokenUsage, error) {
	id, err := c.ID("id")
	if err != nil {
		return TokenUsage{}, err
	}
	t, err := h.Control.PersonalToken(c.r.Context(), c.Actor, id)
	if err != nil {
		return TokenUsage{}, err
	}
	return h.showUsage(c, personalSecrets(t))
}

func (h *Handler) showUsage(c *Call, secrets secrets) (TokenUsage, error) {
	back, err := c.hoursBack()
	if err != nil {
		return TokenUsage{}, err
	}
	hours, err := h.Control.TokenHours(c.r.Context(), secrets.kind, secrets.id, back)
	if err != nil {
		return TokenUsage{}, err
	}
	shown := h.showSecrets(secrets)
	usage := TokenUsage{Secrets: make([]SecretUsage, len(shown)), Hours: make([]TokenHour, len(hours))}
	for i, hour := range hours {
		usage.Hours[i] = TokenHour{Timestamp: hour.Hour, Requests: hour.Requests}
	}
	uses := h.usesOf(secrets.kind, secrets.id)
	for i, s := range shown {
		usage.Secrets[i] = SecretUsage{Secret: s, Current: i == 0, Users: []SecretUser{}}
		for _, u := range uses[secrets.all[i].Digest].Users {
			usage.Secrets[i].Users = append(usage.Secrets[i].Users, showUser(u))
		}
	}
	return usage, nil
}

func showUser(u auth.Use) SecretUser {
	shown := SecretUser{AppName: u.App, InstanceID: u.Instance, SDK: u.SDK, SeenAt: u.SeenAt, RequestsPerHour: u.PerHour}
	if u.Address.IsValid() {
		shown.Address = u.Address.String()
	}
	return shown
}

// lastUser is who used any of the secrets last, nil for nobody.
func (h *Handler) lastUser(s secrets) *SecretUser {
	var last *SecretUser
	for _, use := range h.Uses(s.kind, s.id) {
		if len(use.Users) > 0 && (last == nil || use.Users[0].SeenAt.After(last.SeenAt)) {
			shown := showUser(use.Users[0])
			last = &shown
		}
	}
	return last
}

// secrets are those of a token, the current one first.
type secrets struct {
	kind token.Kind
	id   string
	all  []store.RetiredSecret // the current one has no end
}

func secretsOf(t store.APIToken) secrets {
	current := store.RetiredSecret{Digest: t.Digest, Hint: t.Hint, CreatedAt: t.CreatedAt, SeenAt: t.SeenAt}
	return secrets{kind: t.Kind, id: t.ID, all: generations(current, t.SecretAt, t.Retired)}
}

func personalSecrets(t store.PersonalToken) secrets {
	current := store.RetiredSecret{Digest: t.Digest, Hint: t.Hint, CreatedAt: t.CreatedAt, SeenAt: t.SeenAt}
	return secrets{kind: token.Personal, id: strconv.FormatInt(t.ID, 10), all: generations(current, t.SecretAt, t.Retired)}
}

func generations(current store.RetiredSecret, rotated *time.Time, old *store.RetiredSecret) []store.RetiredSecret {
	if rotated != nil {
		current.CreatedAt = *rotated
		if current.SeenAt != nil && current.SeenAt.Before(*rotated) {
			current.SeenAt = nil // that was the secret before
		}
	}
	if old == nil {
		return []store.RetiredSecret{current}
	}
	return []store.RetiredSecret{current, *old}
}

func (h *Handler) usesOf(kind token.Kind, id string) map[token.Digest]auth.SecretUse {
	uses := map[token.Digest]auth.SecretUse{}
	for _, u := range h.Uses(kind, id) {
		uses[u.Digest] = u
	}
	return uses
}

func (h *Handler) showSecrets(s secrets) []Secret {
	uses := h.usesOf(s.kind, s.id)
	shown := make([]Secret, len(s.all))
	for i, one := range s.all {
		shown[i] = Secret{Hint: one.Hint, CreatedAt: one.CreatedAt, SeenAt: newer(uses[one.Digest].SeenAt, one.SeenAt)}
		if i > 0 {
			shown[i].EndsAt = &s.all[i].EndsAt
		}
	}
	return shown
}

// newer is the later of what is in memory, zero for nothing, and what is
// stored.
func newer(at time.Time, stored *time.Time) *time.Time {
	if !at.IsZero() && (stored == nil || at.After(*stored)) {
		return &at
	}
	return stored
}
