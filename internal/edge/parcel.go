package edge

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// maxParcel bounds a body of usage, in bytes: servers above may take no more
// than 100 kB.
const maxParcel = 90_000

// parcel is what goes to the server above in one body.
type parcel struct {
	secret string
	items  []item
	seen   []string // secrets that were used
	size   int
}

// item is an application or a count. It becomes JSON when it is sent: all of
// them at once would take more memory than what they are made of.
type item struct {
	instance   *store.Instance
	places     []placeKey
	strategies []string
	key        countKey
	sum        *tally // nil for an instance
}

// size is about how many bytes an item has as JSON. Texts with characters that
// are written longer are rare; then the server above may find a body too large,
// and gets it in halves.
func (i *item) size() int {
	const count, instance, entry = 150, 400, 24 // names of fields, numbers, times
	if i.sum != nil {
		n := count + len(i.key.feature) + len(i.key.app) + len(i.key.environment)
		for _, v := range i.sum.variants {
			n += entry + len(v.name)
		}
		return n
	}
	n := instance + len(i.instance.App) + len(i.instance.ID) + len(i.instance.Environment) + len(i.instance.SDK)
	for _, place := range i.places {
		n += entry + len(place.project)
	}
	for _, strategy := range i.strategies {
		n += entry + len(strategy)
	}
	return n
}

type wireInstance struct {
	App         string     `json:"appName"`
	Instance    string     `json:"instanceId"`
	Environment string     `json:"environment"`
	Projects    []string   `json:"projects"`
	SDK         string     `json:"sdkVersion,omitempty"`
	SDKType     string     `json:"sdkType"`
	Strategies  []string   `json:"strategies"`
	Started     time.Time  `json:"started"`
	Interval    int64      `json:"interval"` // seconds
	ConnectVia  []wireEdge `json:"connectVia"`
}

type wireEdge struct {
	App      string `json:"appName"`
	Instance string `json:"instanceId"`
}

type wireCount struct {
	Feature     feature.Name     `json:"featureName"`
	App         string           `json:"appName"`
	Environment string           `json:"environment"`
	Timestamp   time.Time        `json:"timestamp"`
	Yes         int64            `json:"yes"`
	No          int64            `json:"no"`
	Variants    map[string]int64 `json:"variants"`
}

// pack sorts what waits into parcels, by the token that may send it and in
// pieces that are not too large. What no token can send is left.
func (f *Forwarder) pack(p pending) (parcels []*parcel, left pending) {
	left = newPending()
	bySecret := map[string]*parcel{}
	put := func(secret string, i item) {
		one := bySecret[secret]
		if one == nil || one.size+i.size() > maxParcel {
			one = &parcel{secret: secret}
			bySecret[secret] = one
			parcels = append(parcels, one)
		}
		one.items = append(one.items, i)
		one.size += i.size()
	}
	where := map[instanceKey][]placeKey{} // of an application; without an id
	for key := range p.places {
		app := instanceKey{environment: key.environment, app: key.app}
		where[app] = append(where[app], key)
	}
	for key, instance := range p.instances {
		places := where[instanceKey{environment: key.environment, app: key.app}]
		secrets := f.secretsFor(key.environment, places)
		if len(secrets) == 0 {
			left.giveBack([]item{{instance: &instance, places: places}})
			continue
		}
		for _, secret := range secrets {
			put(secret, item{instance: &instance, places: places, strategies: p.apps[key.app]})
		}
	}
	for key, sum := range p.counts {
		scope := token.Scope{Environment: string(key.environment), AllProjects: true}
		if project, known := f.options.Project(key.environment, key.feature); known {
			scope = token.Scope{Environment: string(key.environment), Projects: []string{string(project)}}
		}
		secret := f.options.Secret(scope)
		if secret == "" {
			left.addTally(key, sum)
			continue
		}
		put(secret, item{key: key, sum: sum})
	}
	for name, strategies := range p.apps {
		left.apps[name] = strategies // said once, true of instances to come
	}
	return parcels, left
}

// secretsFor returns the tokens that together see the projects of an
// application.
func (f *Forwarder) secretsFor(environment feature.EnvironmentName, places []placeKey) []string {
	var secrets []string
	for _, place := range places {
		scope := token.Scope{Environment: string(environment), Projects: []string{string(place.project)}}
		if place.project == store.AllProjects {
			scope = token.Scope{Environment: string(environment), AllProjects: true}
		}
		if secret := f.options.Secret(scope); secret != "" && !slices.Contains(secrets, secret) {
			secrets = append(secrets, secret)
		}
	}
	return secrets
}

// encode is an item as JSON.
func (f *Forwarder) encode(one item) json.RawMessage {
	if one.sum != nil {
		return mustEncode(wireCount{
			Feature: one.key.feature, App: one.key.app, Environment: string(one.key.environment), Timestamp: time.Unix(one.key.hour, 0).UTC(),
			Yes: one.sum.yes, No: one.sum.no, Variants: one.sum.byVariant(),
		})
	}
	o, i, strategies := f.options.Upstream.options, one.instance, one.strategies
	w := wireInstance{
		App: i.App, Instance: i.ID, Environment: string(i.Environment), SDK: i.SDK, SDKType: "backend", Strategies: strategies,
		Started: i.SeenAt, Interval: int64(o.Interval / time.Second), ConnectVia: []wireEdge{{o.App, o.Instance}},
	}
	if i.Frontend {
		w.SDKType = "frontend"
	}
	if i.StartedAt != nil {
		w.Started = *i.StartedAt
	}
	if w.Strategies == nil {
		w.Strategies = []string{}
	}
	for _, place := range one.places {
		w.Projects = append(w.Projects, string(place.project))
	}
	slices.Sort(w.Projects)
	return mustEncode(w)
}

// mustEncode encodes types of this file, which always encode.
func mustEncode(value any) []byte {
	raw, _ := json.Marshal(value) //nolint:errchkjson // no cycles, no channels, no NaN
	return raw
}

// giveBack takes in what was not sent.
func (p *pending) giveBack(items []item) {
	for _, i := range items {
		if i.sum != nil {
			p.addTally(i.key, i.sum)
			continue
		}
		key := instanceKey{i.instance.Environment, i.instance.App, i.instance.ID}
		if _, there := p.instances[key]; !there {
			p.instances[key] = *i.instance
		}
		for _, place := range i.places {
			p.places[place] = i.instance.SeenAt
		}
	}
}

// deliver sends a parcel. It fails when the server above cannot take it now;
// what it does not take at all is dropped. The items that were taken are taken
// out of the parcel.
func (f *Forwarder) deliver(ctx context.Context, p *parcel) error {
	err := f.post(ctx, p)
	r := refusal(err)
	switch {
	case err == nil:
		f.mu.Lock()
		f.stats.Sent += int64(len(p.items))
		f.stats.SentAt = f.options.Now()
		f.mu.Unlock()
		p.items = nil
		return nil
	case r == nil, r.Status >= http.StatusInternalServerError, r.Status == http.StatusTooManyRequests, r.Status == http.StatusRequestTimeout:
		return err
	case r.unauthorised():
		f.options.Doubt(token.DigestOf(p.secret))
		return err
	case r.Status == http.StatusNotFound && !f.plain:
		f.plain = true // a server from before there was bulk
		slog.InfoContext(ctx, "the server above takes no usage in bulk; sending it by application")
		return f.deliver(ctx, p)
	case len(p.items) > 1:
		half := len(p.items) / 2
		second := &parcel{secret: p.secret, items: p.items[half:]} // tokens in use are told with the first
		p.items = slices.Clone(p.items[:half])
		if err := f.deliver(ctx, p); err != nil {
			p.items = append(p.items, second.items...)
			return err
		}
		err := f.deliver(ctx, second)
		p.items = second.items
		return err
	default:
		slog.WarnContext(ctx, "the server above does not take a piece of usage; it is dropped", "error", err)
		f.mu.Lock()
		f.stats.DroppedBad += int64(len(p.items))
		f.mu.Unlock()
		p.items = nil
		return nil
	}
}

// post sends a parcel in one body, or in one for each application.
func (f *Forwarder) post(ctx context.Context, p *parcel) error {
	if f.plain {
		return f.postPlain(ctx, p)
	}
	if len(p.items) == 0 && len(p.seen) == 0 {
		return nil
	}
	var applications, metrics []json.RawMessage
	for _, i := range p.items {
		if i.sum == nil {
			applications = append(applications, f.encode(i))
		} else {
			metrics = append(metrics, f.encode(i))
		}
	}
	body := map[string]any{"applications": emptyNotNull(applications), "metrics": emptyNotNull(metrics)}
	if len(p.seen) > 0 {
		body["seenTokens"] = p.seen
	}
	return f.options.Upstream.Post(ctx, "/api/client/metrics/bulk", p.secret, mustEncode(body))
}

func emptyNotNull(list []json.RawMessage) []json.RawMessage {
	if list == nil {
		return []json.RawMessage{}
	}
	return list
}

// postPlain sends a parcel as SDKs would: what was sent is taken out of it, so
// that it is not sent twice.
func (f *Forwarder) postPlain(ctx context.Context, p *parcel) error {
	for len(p.items) > 0 {
		i := p.items[0]
		path, body := "/api/client/register", []byte(nil)
		if i.sum == nil {
			body = f.encode(i)
		} else {
			path = "/api/client/metrics"
			start := time.Unix(i.key.hour, 0).UTC()
			body = mustEncode(map[string]any{
				"appName": i.key.app, "instanceId": f.options.Upstream.options.Instance,
				"bucket": map[string]any{
					"start": start, "stop": start.Add(time.Hour),
					"toggles": map[string]any{string(i.key.feature): map[string]any{"yes": i.sum.yes, "no": i.sum.no, "variants": i.sum.byVariant()}},
				},
			})
		}
		err := f.options.Upstream.Post(ctx, path, p.secret, body)
		if r := refusal(err); r != nil && (r.Status == http.StatusBadRequest || r.Status == http.StatusNotFound) {
			f.mu.Lock()
			f.stats.DroppedBad++
			f.mu.Unlock()
			err = nil
		}
		if err != nil {
			return fmt.Errorf("sending usage of %s: %w", strings.ToValidUTF8(i.key.app, ""), err)
		}
		p.items = p.items[1:]
	}
	return nil
}
