package control

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// The types of events about applications.
const (
	eventApplicationCreated = "application-created"
	eventApplicationDeleted = "application-deleted"
)

// Application is an application with where it runs.
type Application struct {
	store.Application

	Places    []store.ApplicationPlace // by project, then environment
	Instances []store.Instance         // by environment, then id
}

// ApplicationChange is what people write about an application. Nil fields
// leave what is there.
type ApplicationChange struct {
	Description, URL, Color, Icon *string
	Strategies                    []string
}

// ApplicationOverview says how an application uses the server.
type ApplicationOverview struct {
	Application

	Flags             []store.AskedFlag // it asked for in the last 24 hours
	MissingStrategies []string          // it implements and nobody has defined
	MissingFlags      []store.UnknownFlag
}

// Applications returns applications that match, and how many do in all. What
// waits in memory is included.
func (c *Control) Applications(ctx context.Context, filter store.ApplicationFilter) ([]Application, int, error) {
	if err := c.FlushUsage(ctx); err != nil {
		return nil, 0, err
	}
	var total int
	all, err := view(ctx, c, func(tx *store.Tx) ([]Application, error) {
		if filter.Project != "" {
			if _, err := tx.Project(ctx, filter.Project); err != nil {
				return nil, err
			}
			if !sees(ctx, filter.Project) {
				return nil, NoProject(filter.Project)
			}
		}
		var err error
		if filter.Hidden, err = hiddenProjects(ctx, tx); err != nil {
			return nil, err
		}
		bare, n, err := tx.Applications(ctx, filter)
		if err != nil {
			return nil, err
		}
		total = n
		return withPlaces(ctx, tx, bare)
	})
	return all, total, err
}

// Application returns one application, or a NotFound error.
func (c *Control) Application(ctx context.Context, name string) (Application, error) {
	if err := c.FlushUsage(ctx); err != nil {
		return Application{}, err
	}
	return view(ctx, c, func(tx *store.Tx) (Application, error) { return oneApplication(ctx, tx, name) })
}

func oneApplication(ctx context.Context, tx *store.Tx, name string) (Application, error) {
	bare, err := tx.Application(ctx, name)
	if err != nil {
		return Application{}, err
	}
	places, err := tx.ApplicationPlaces(ctx, []string{name})
	if err != nil {
		return Application{}, err
	}
	if len(places) > 0 && len(visible(ctx, places, projectOfPlace)) == 0 {
		return Application{}, fault.New(fault.NotFound, "there is no application %q", name)
	}
	all, err := withPlaces(ctx, tx, []store.Application{bare})
	if err != nil {
		return Application{}, err
	}
	return all[0], nil
}

func projectOfPlace(p store.ApplicationPlace) feature.ProjectID { return p.Project }

// withPlaces adds where applications run.
func withPlaces(ctx context.Context, tx *store.Tx, bare []store.Application) ([]Application, error) {
	all := make([]Application, len(bare))
	names := make([]string, len(bare))
	at := make(map[string]int, len(bare))
	for i, app := range bare {
		all[i].Application = app
		names[i] = app.Name
		at[app.Name] = i
	}
	places, err := tx.ApplicationPlaces(ctx, names)
	if err != nil {
		return nil, err
	}
	for _, place := range visible(ctx, places, projectOfPlace) {
		if i, listed := at[place.App]; listed {
			all[i].Places = append(all[i].Places, place)
		}
	}
	instances, err := tx.Instances(ctx, names)
	if err != nil {
		return nil, err
	}
	for _, instance := range instances {
		if i, listed := at[instance.App]; listed {
			all[i].Instances = append(all[i].Instances, instance)
		}
	}
	return all, nil
}

// ApplicationOverview returns how an application uses the server, or a
// NotFound error.
func (c *Control) ApplicationOverview(ctx context.Context, name string) (ApplicationOverview, error) {
	var o ApplicationOverview
	if err := c.FlushUsage(ctx); err != nil {
		return o, err
	}
	return view(ctx, c, func(tx *store.Tx) (ApplicationOverview, error) {
		var err error
		if o.Application, err = oneApplication(ctx, tx, name); err != nil {
			return o, err
		}
		if o.Flags, err = tx.FlagsOfApp(ctx, name, tx.Now().Add(-seenWithin).Truncate(time.Hour)); err != nil {
			return o, err
		}
		o.Flags = visible(ctx, o.Flags, func(f store.AskedFlag) feature.ProjectID { return f.Project })
		defined, err := tx.StrategyDefinitions(ctx)
		if err != nil {
			return o, err
		}
		for _, strategy := range o.Strategies {
			if !slices.ContainsFunc(defined, func(d feature.StrategyDefinition) bool { return d.Name == strategy }) {
				o.MissingStrategies = append(o.MissingStrategies, strategy)
			}
		}
		unknown, err := tx.UnknownFlags(ctx)
		for _, u := range unknown {
			if u.App == name {
				o.MissingFlags = append(o.MissingFlags, u)
			}
		}
		return o, err
	})
}

// SaveApplication stores what people write about an application, which is made
// when it is not there.
func (c *Control) SaveApplication(ctx context.Context, actor access.Principal, name string, change ApplicationChange) error {
	if strings.TrimSpace(name) == "" || len(name) > store.MaxApplicationName {
		return fault.Field("/params/appName", "appName must hold 1 to %d bytes", store.MaxApplicationName)
	}
	if err := c.FlushUsage(ctx); err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		before, err := tx.Application(ctx, name)
		isNew := fault.Is(err, fault.NotFound)
		if err != nil && !isNew {
			return err
		}
		after := before
		if isNew {
			after = store.Application{Name: name, Strategies: []string{}, CreatedAt: tx.Now(), SeenAt: tx.Now()}
		}
		after.Description, after.URL = cmp.Or(change.Description, after.Description), cmp.Or(change.URL, after.URL)
		after.Color, after.Icon = cmp.Or(change.Color, after.Color), cmp.Or(change.Icon, after.Icon)
		if change.Strategies != nil {
			after.Strategies = change.Strategies
		}
		if err := tx.SaveApplication(ctx, after); err != nil {
			return err
		}
		var was any
		if !isNew {
			was = recordOfApplication(before)
		}
		return tx.Record(ctx, actor, store.Event{Type: eventApplicationCreated}, was, recordOfApplication(after))
	})
}

// DeleteApplication forgets an application; one that reports again comes back.
// An unknown one is forgotten already.
func (c *Control) DeleteApplication(ctx context.Context, actor access.Principal, name string) error {
	if err := c.FlushUsage(ctx); err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		before, err := tx.Application(ctx, name)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := tx.DeleteApplication(ctx, name); err != nil {
			return err
		}
		return tx.Record(ctx, actor, store.Event{Type: eventApplicationDeleted}, recordOfApplication(before), nil)
	})
}

// applicationRecord is an application as events show it.
type applicationRecord struct {
	AppName     string   `json:"appName"`
	Description *string  `json:"description,omitempty"`
	URL         *string  `json:"url,omitempty"`
	Color       *string  `json:"color,omitempty"`
	Icon        *string  `json:"icon,omitempty"`
	Strategies  []string `json:"strategies"`
}

func recordOfApplication(a store.Application) applicationRecord {
	return applicationRecord{
		AppName: a.Name, Description: a.Description, URL: a.URL, Color: a.Color, Icon: a.Icon, Strategies: a.Strategies,
	}
}
