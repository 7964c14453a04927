package control

import (
	"context"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// The types of events about integrations.
const (
	eventIntegrationCreated = "addon-config-created"
	eventIntegrationUpdated = "addon-config-updated"
	eventIntegrationDeleted = "addon-config-deleted"
)

// Webhook is the provider of integrations that send events by HTTP.
const Webhook = "webhook"

// MaskedParameter stands for a parameter that is not shown. In a change it
// keeps what there is.
const MaskedParameter = "*****"

// Limits of integrations.
const (
	MaxIntegrations   = 100
	maxParameter      = 4096 // bytes
	maxDescribed      = 1000 // bytes of a description
	maxFilters        = 500  // events, projects or environments
	maxWebhookHeaders = 20
)

// Parameter is one setting of a provider of integrations.
type Parameter struct {
	Name, DisplayName, Description, Placeholder string
	Required                                    bool
	Sensitive                                   bool // is not shown, and is sealed when the server has a key
}

// WebhookParameters are the settings of the provider [Webhook].
func WebhookParameters() []Parameter {
	return []Parameter{
		{Name: "url", DisplayName: "URL", Description: "Where events are sent by POST, over http or https", Placeholder: "https://example.org/hook", Required: true, Sensitive: true},
		{Name: "contentType", DisplayName: "Content type", Description: "The Content-Type header; application/json when absent", Placeholder: "application/json"},
		{Name: "authorization", DisplayName: "Authorization", Description: "The Authorization header", Sensitive: true},
		{Name: "customHeaders", DisplayName: "Further headers", Description: "A JSON object of names and values", Placeholder: `{"X-Team":"shop"}`, Sensitive: true},
		{Name: "secret", DisplayName: "Secret", Description: "Key of the signature in the header Burgee-Signature: sha256= and the HMAC-SHA-256 of the body in hex", Sensitive: true},
	}
}

// WebhookEvents are the types of events that integrations are commonly told of.
func WebhookEvents() []string {
	return []string{
		"feature-created", "feature-metadata-updated", "feature-archived", "feature-revived", "feature-deleted",
		"feature-environment-enabled", "feature-environment-disabled", "feature-environment-variants-updated",
		"feature-strategy-add", "feature-strategy-update", "feature-strategy-remove", "feature-stale-on", "feature-stale-off",
		"feature-project-change", "feature-tagged", "feature-untagged", "feature-dependency-added", "feature-dependency-removed",
		"segment-created", "segment-updated", "segment-deleted", "project-created", "project-updated", "project-archived", "project-deleted",
		"environment-created", "environment-updated", "environment-deleted",
		eventTokenCreated, eventTokenUpdated, eventTokenDeleted, eventTokenRotated, eventTokenExpiring, eventTokenDisabled, eventTokenEnabled,
		"user-created", "user-updated", "user-deleted", eventSignInRefused,
	}
}

// IntegrationFields is what of an integration can be set.
type IntegrationFields struct {
	Provider     string
	Description  *string
	Enabled      bool
	Parameters   map[string]string // one that is MaskedParameter stays as it is
	Events       []string
	Projects     []string // empty or *: all
	Environments []string // empty or *: all
}

// Integrations returns all integrations, in the order of their ids.
func (c *Control) Integrations(ctx context.Context) ([]store.Integration, error) {
	return view(ctx, c, func(tx *store.Tx) ([]store.Integration, error) { return tx.Integrations(ctx) })
}

// Integration returns one integration.
func (c *Control) Integration(ctx context.Context, id int64) (store.Integration, error) {
	return view(ctx, c, func(tx *store.Tx) (store.Integration, error) { return tx.Integration(ctx, id) })
}

// CreateIntegration stores a new integration. It hears of what happens from now
// on, and of nothing that the actor may not see.
func (c *Control) CreateIntegration(ctx context.Context, actor access.Principal, f IntegrationFields) (store.Integration, error) {
	return update(ctx, c, func(tx *store.Tx) (store.Integration, error) {
		all, err := tx.Integrations(ctx)
		if err != nil {
			return store.Integration{}, err
		}
		if len(all) >= MaxIntegrations {
			return store.Integration{}, fault.New(fault.Exhausted, "there are %d integrations, and no more than %d can be", len(all), MaxIntegrations)
		}
		i, err := f.apply(store.Integration{Secrets: map[string]string{}})
		if err != nil {
			return i, err
		}
		if err := mayHear(ctx, tx, actor, i); err != nil {
			return i, err
		}
		opened := i.Secrets
		i.Secrets = map[string]string{}
		if i, err = tx.InsertIntegration(ctx, i); err != nil { // with its id the secrets can be sealed
			return i, err
		}
		i.Secrets = opened
		if err := c.keepSecrets(&i, opened); err != nil {
			return i, err
		}
		if err := tx.UpdateIntegration(ctx, i); err != nil {
			return i, err
		}
		return i, integrationChanged(ctx, tx, actor, changed[store.Integration]{event: eventIntegrationCreated, after: &i})
	})
}

// UpdateIntegration replaces what an integration is. Tries that failed start
// anew; one that is switched on hears of what happens from now on.
func (c *Control) UpdateIntegration(ctx context.Context, actor access.Principal, id int64, f IntegrationFields) (store.Integration, error) {
	return update(ctx, c, func(tx *store.Tx) (store.Integration, error) {
		before, err := tx.Integration(ctx, id)
		if err != nil {
			return before, err
		}
		opened := before
		if opened.Secrets, err = c.openSecrets(before, f); err != nil {
			return before, err
		}
		after, err := f.apply(opened)
		if err != nil {
			return before, err
		}
		if err := mayHear(ctx, tx, actor, after); err != nil {
			return before, err
		}
		if err := c.keepSecrets(&after, after.Secrets); err != nil {
			return before, err
		}
		if err := tx.UpdateIntegration(ctx, after); err != nil {
			return before, err
		}
		return after, integrationChanged(ctx, tx, actor, changed[store.Integration]{event: eventIntegrationUpdated, before: &before, after: &after})
	})
}

// DeleteIntegration removes an integration. What is on its way may arrive yet.
func (c *Control) DeleteIntegration(ctx context.Context, actor access.Principal, id int64) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		before, err := tx.Integration(ctx, id)
		if err != nil {
			return err
		}
		if err := tx.DeleteIntegration(ctx, id); err != nil {
			return err
		}
		return integrationChanged(ctx, tx, actor, changed[store.Integration]{event: eventIntegrationDeleted, before: &before})
	})
}

// Told is what came of telling an integration of an event.
type Told struct {
	store.Delivery
	Event store.Event
}

// Deliveries returns what an integration was told lately, newest first, but for
// events about projects that whoever asks may not know of.
func (c *Control) Deliveries(ctx context.Context, id int64) ([]Told, error) {
	deliveries, err := view(ctx, c, func(tx *store.Tx) ([]store.Delivery, error) {
		if _, err := tx.Integration(ctx, id); err != nil {
			return nil, err
		}
		return tx.Deliveries(ctx, id)
	})
	if err != nil || len(deliveries) == 0 {
		return []Told{}, err
	}
	filter := store.EventFilter{Limit: len(deliveries)}
	for _, d := range deliveries {
		filter.IDs = append(filter.IDs, d.Event)
	}
	page, err := c.Events(ctx, filter)
	told := make([]Told, 0, len(deliveries))
	for _, d := range deliveries {
		if i := slices.IndexFunc(page.Events, func(e store.Event) bool { return e.ID == d.Event }); i >= 0 {
			told = append(told, Told{d, page.Events[i]})
		}
	}
	return told, err
}

// apply returns an integration with these fields; its secrets are in clear.
func (f IntegrationFields) apply(i store.Integration) (store.Integration, error) {
	if f.Provider != Webhook {
		return i, fault.Field("/body/provider", "provider must be webhook: there is no other")
	}
	if f.Description != nil && len(*f.Description) > maxDescribed {
		return i, fault.Field("/body/description", "description must not be longer than %d bytes", maxDescribed)
	}
	for name, list := range map[string][]string{"events": f.Events, "projects": f.Projects, "environments": f.Environments} {
		if len(list) > maxFilters {
			return i, fault.Field("/body/"+name, "%s must not be more than %d", name, maxFilters)
		}
	}
	if len(f.Events) == 0 {
		return i, fault.Field("/body/events", "events must name at least one type of event")
	}
	if at := slices.IndexFunc(f.Events, func(e string) bool { return !eventType.MatchString(e) }); at >= 0 {
		return i, fault.Field("/body/events", "events must be types of events such as feature-created; %q is not", f.Events[at])
	}
	before := i.Secrets
	i.Provider, i.Description, i.Enabled, i.Events = f.Provider, f.Description, f.Enabled, f.Events
	i.Projects, i.Environments = append([]string{}, f.Projects...), append([]string{}, f.Environments...)
	i.Parameters, i.Secrets = map[string]string{}, map[string]string{}
	known := WebhookParameters()
	for name, value := range f.Parameters {
		at := slices.IndexFunc(known, func(p Parameter) bool { return p.Name == name })
		switch {
		case at < 0 && value == "":
			continue
		case at < 0:
			return i, fault.Field("/body/parameters/"+name, "%s is not a parameter of a webhook here", name)
		case value == "":
			continue
		case known[at].Sensitive && value == MaskedParameter:
			i.Secrets[name] = before[name]
		case known[at].Sensitive:
			i.Secrets[name] = value
		default:
			i.Parameters[name] = value
		}
	}
	return i, checkWebhook(i)
}

var (
	eventType  = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+){0,9}$`)
	headerName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$`)
)

// checkWebhook checks the parameters of a webhook, whose secrets are in clear.
func checkWebhook(i store.Integration) error {
	for _, values := range []map[string]string{i.Parameters, i.Secrets} {
		for name, value := range values {
			if len(value) > maxParameter || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				return fault.Field("/body/parameters/"+name, "%s must not be longer than %d bytes nor hold control characters", name, maxParameter)
			}
		}
	}
	target, err := url.Parse(i.Secrets["url"])
	if err != nil || (target.Scheme != "http" && target.Scheme != "https") || target.Hostname() == "" || target.User != nil {
		return fault.Field("/body/parameters/url", "url must be an address such as https://example.org/hook, without a user in it")
	}
	_, err = WebhookHeaders(i.Secrets["customHeaders"])
	return err
}

// reservedHeaders are those that a webhook sets itself.
var reservedHeaders = []string{"host", "content-length", "content-type", "authorization", "transfer-encoding", "connection", "user-agent"}

// WebhookHeaders reads the parameter customHeaders of a webhook.
func WebhookHeaders(text string) (map[string]string, error) {
	headers := map[string]string{}
	if text == "" {
		return headers, nil
	}
	bad := fault.Field("/body/parameters/customHeaders", "customHeaders must be a JSON object of at most %d names of headers and their values as texts, "+
		"and none that a webhook sets itself", maxWebhookHeaders)
	if err := json.Unmarshal([]byte(text), &headers); err != nil || len(headers) > maxWebhookHeaders {
		return nil, bad
	}
	for name, value := range headers {
		lower := strings.ToLower(name)
		if !headerName.MatchString(name) || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) ||
			slices.Contains(reservedHeaders, lower) || strings.HasPrefix(lower, "burgee-") {
			return nil, bad
		}
	}
	return headers, nil
}

// openTypes begin the types of events that everybody who may make integrations
// may hear of; what happens to people, tokens and settings is for those who may
// read the log.
var openTypes = []string{
	"feature-", "segment-", "environment-", "context-field-", "strategy-", "default-strategy-", "tag-", "application-",
	"project-archived", "project-created", "project-deleted", "project-revived", "project-updated", "project-environment-",
}

// mayHear returns an error when an integration would tell what the actor may
// not see: a log of what happens to people, or projects.
func mayHear(ctx context.Context, tx *store.Tx, actor access.Principal, i store.Integration) error {
	closed := slices.IndexFunc(i.Events, func(e string) bool {
		return !slices.ContainsFunc(openTypes, func(open string) bool { return strings.HasPrefix(e, open) })
	})
	if closed >= 0 {
		if err := require(actor, "", "", access.AdminAll, access.ReadLogs); err != nil {
			return fault.Field("/body/events", "events %q are for those who may read the event log: %s or %s", i.Events[closed], access.AdminAll, access.ReadLogs)
		}
	}
	if len(i.Projects) == 0 || slices.Contains(i.Projects, "*") {
		hidden, err := hiddenProjects(ctx, tx)
		if err == nil && len(hidden) > 0 {
			err = fault.Field("/body/projects", "projects must be named: there are some that you may not see")
		}
		return err
	}
	for _, id := range i.Projects {
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

// keepSecrets sets the secrets of an integration from those in clear.
func (c *Control) keepSecrets(i *store.Integration, opened map[string]string) error {
	kept := make(map[string]string, len(opened))
	for name, value := range opened {
		var err error
		if kept[name], err = token.Keep(c.Sealer, value, i.SealID(name), c.Random); err != nil {
			return err
		}
	}
	i.Secrets = kept
	return nil
}

// openSecrets returns those secrets in clear that a change keeps.
func (c *Control) openSecrets(i store.Integration, f IntegrationFields) (map[string]string, error) {
	opened := map[string]string{}
	for name, kept := range i.Secrets {
		if f.Parameters[name] != MaskedParameter {
			continue
		}
		value, err := token.Kept(c.Sealer, kept, i.SealID(name))
		if err != nil {
			return nil, fault.Field("/body/parameters/"+name, "%s cannot be kept: the key that sealed it is missing in BURGEE_SEAL_KEY; give it anew", name)
		}
		opened[name] = value
	}
	return opened, nil
}

// integrationEvent is what the event log keeps of an integration: no parameter
// that may hold a secret, not even its address.
type integrationEvent struct {
	ID           int64    `json:"id"`
	Provider     string   `json:"provider"`
	Description  *string  `json:"description"`
	Enabled      bool     `json:"enabled"`
	Events       []string `json:"events"`
	Projects     []string `json:"projects"`
	Environments []string `json:"environments"`
}

func integrationChanged(ctx context.Context, tx *store.Tx, actor access.Principal, c changed[store.Integration]) error {
	data := func(i *store.Integration) any {
		if i == nil {
			return nil
		}
		return integrationEvent{i.ID, i.Provider, i.Description, i.Enabled, i.Events, i.Projects, i.Environments}
	}
	return tx.Record(ctx, actor, store.Event{Type: c.event}, data(c.before), data(c.after))
}
