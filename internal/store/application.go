package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
)

// MaxApplicationName is the longest name of an application, in bytes.
const MaxApplicationName = 255

// AllProjects stands for every project in a [Place] of an application.
const AllProjects feature.ProjectID = "*"

// Application is a program that SDKs reported, with what people wrote about it.
type Application struct {
	Name        string
	Description *string
	URL         *string
	Color       *string
	Icon        *string
	Strategies  []string // it implements
	CreatedAt   time.Time
	SeenAt      time.Time
}

// ApplicationPlace says that an application used a token of an environment and
// a project, or [AllProjects].
type ApplicationPlace struct {
	App         string
	Environment feature.EnvironmentName
	Project     feature.ProjectID
	SeenAt      time.Time
}

// Instance is one running copy of an application in one environment.
type Instance struct {
	App         string
	ID          string
	Environment feature.EnvironmentName
	SDK         string // name:version
	Frontend    bool   // it uses a front-end token
	Address     string
	StartedAt   *time.Time
	SeenAt      time.Time
}

// ApplicationFilter narrows and orders a list of applications.
type ApplicationFilter struct {
	Query   string            // part of the name, in any case; empty for all
	Project feature.ProjectID // only applications that used a token of it; empty for all
	// Hidden leaves out applications that used tokens of these projects alone.
	Hidden     []feature.ProjectID
	ByLastSeen bool // else by name
	Descending bool
	Offset     int
	Limit      int // required
}

const applicationColumns = `name, description, url, color, icon, strategies, created_at, seen_at`

// Applications returns applications and how many match in all.
func (tx *Tx) Applications(ctx context.Context, f ApplicationFilter) ([]Application, int, error) {
	condition, args := ` WHERE TRUE`, []any{}
	if f.Query != "" {
		args = append(args, `%`+likeEscape.Replace(strings.ToLower(f.Query))+`%`)
		condition += ` AND lower(name) LIKE $` + strconv.Itoa(len(args)) + ` ESCAPE '\'`
	}
	if f.Project != "" {
		args = append(args, f.Project, AllProjects)
		condition += ` AND EXISTS (SELECT 1 FROM application_environment WHERE app = application.name AND project IN ($` +
			strconv.Itoa(len(args)-1) + `, $` + strconv.Itoa(len(args)) + `))`
	}
	if len(f.Hidden) > 0 {
		const places = `EXISTS (SELECT 1 FROM application_environment WHERE app = application.name`
		marks := make([]string, len(f.Hidden))
		for i, project := range f.Hidden {
			args = append(args, project)
			marks[i] = `$` + strconv.Itoa(len(args))
		}
		condition += ` AND (NOT ` + places + `) OR ` + places + ` AND project NOT IN (` + strings.Join(marks, `,`) + `)))`
	}
	var total int
	if err := tx.one(ctx, `SELECT count(*) FROM application`+condition, args, &total); err != nil {
		return nil, 0, err
	}
	order, direction := `name`, ``
	if f.ByLastSeen {
		order = `seen_at`
	}
	if f.Descending {
		direction = ` DESC`
	}
	args = append(args, f.Limit, f.Offset)
	applications, err := list(ctx, tx, scanApplication, `SELECT `+applicationColumns+` FROM application`+condition+
		` ORDER BY `+order+direction+`, name LIMIT $`+strconv.Itoa(len(args)-1)+` OFFSET $`+strconv.Itoa(len(args)), args...)
	return applications, total, err
}

// Application returns one application, or a NotFound error.
func (tx *Tx) Application(ctx context.Context, name string) (Application, error) {
	a, err := get(ctx, tx, scanApplication, `SELECT `+applicationColumns+` FROM application WHERE name = $1`, name)
	return a, missing(err, "there is no application %q", name)
}

// ApplicationNames returns the names of all applications, at most limit.
func (tx *Tx) ApplicationNames(ctx context.Context, limit int) ([]string, error) {
	return list(ctx, tx, func(s scanner) (string, error) {
		var name string
		err := s.Scan(&name)
		return name, err
	}, `SELECT name FROM application ORDER BY name LIMIT $1`, limit)
}

// SaveApplication stores an application with what people wrote about it.
func (tx *Tx) SaveApplication(ctx context.Context, a Application) error {
	strategies, err := encode(a.Strategies)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `INSERT INTO application (`+applicationColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)
		ON CONFLICT (name) DO UPDATE SET description = excluded.description, url = excluded.url, color = excluded.color,
		icon = excluded.icon, strategies = excluded.strategies`,
		a.Name, a.Description, a.URL, a.Color, a.Icon, strategies, millis(a.CreatedAt), millis(a.SeenAt))
	return err
}

// SeeApplications stores applications that reported themselves, at most one of
// a name. Strategies replace those that are stored unless nil; what people wrote
// stays, and so does a later time.
func (tx *Tx) SeeApplications(ctx context.Context, seen []Application) error {
	const write = `INSERT INTO application (name, strategies, created_at, seen_at) SELECT name, strategies, seen_at, seen_at FROM batch WHERE TRUE
		ON CONFLICT (name) DO UPDATE SET seen_at = CASE WHEN application.seen_at < excluded.seen_at THEN excluded.seen_at ELSE application.seen_at END`
	type row struct {
		Application

		strategies string
	}
	var silent, telling []row
	for _, a := range seen {
		strategies, err := encode(append([]string{}, a.Strategies...))
		if err != nil {
			return err
		}
		if a.Strategies == nil {
			silent = append(silent, row{a, strategies})
		} else {
			telling = append(telling, row{a, strategies})
		}
	}
	b := batch[row]{
		columns: []string{"name TEXT", "strategies TEXT", "seen_at BIGINT"}, write: write,
		row: func(r row) []any { return []any{r.Name, r.strategies, millis(r.SeenAt)} },
	}
	if err := b.run(ctx, tx, silent); err != nil {
		return err
	}
	b.write += `, strategies = excluded.strategies`
	return b.run(ctx, tx, telling)
}

// DeleteApplication removes an application with its places and instances.
func (tx *Tx) DeleteApplication(ctx context.Context, name string) error {
	_, err := tx.exec(ctx, `DELETE FROM application WHERE name = $1`, name)
	return err
}

// SeePlaces notes where applications used tokens. A later time stays;
// applications that no longer exist are left out.
func (tx *Tx) SeePlaces(ctx context.Context, seen []ApplicationPlace) error {
	return batch[ApplicationPlace]{
		columns: []string{"app TEXT", "environment TEXT", "project TEXT", "seen_at BIGINT"},
		write: `INSERT INTO application_environment (app, environment, project, seen_at) SELECT app, environment, project, seen_at FROM batch
			WHERE EXISTS (SELECT 1 FROM application WHERE name = batch.app)
			ON CONFLICT (app, environment, project) DO UPDATE SET seen_at = excluded.seen_at WHERE application_environment.seen_at < excluded.seen_at`,
		row: func(p ApplicationPlace) []any { return []any{p.App, p.Environment, p.Project, millis(p.SeenAt)} },
	}.run(ctx, tx, seen)
}

// ApplicationPlaces returns where applications used tokens, sorted by
// application, project and environment.
func (tx *Tx) ApplicationPlaces(ctx context.Context, apps []string) ([]ApplicationPlace, error) {
	if len(apps) == 0 {
		return nil, nil
	}
	condition, args := among(tx, "app", apps)
	return list(ctx, tx, func(s scanner) (ApplicationPlace, error) {
		var p ApplicationPlace
		err := s.Scan(&p.App, &p.Environment, &p.Project, instant{&p.SeenAt})
		return p, err
	}, `SELECT app, environment, project, seen_at FROM application_environment WHERE TRUE`+condition+` ORDER BY app, project, environment`, args...)
}

// SeeInstances notes which instances run. What was seen later stays; those of
// applications that no longer exist are left out.
func (tx *Tx) SeeInstances(ctx context.Context, seen []Instance) error {
	const columns = `app, instance, environment, sdk_version, frontend, address, started_at, seen_at`
	return batch[Instance]{
		columns: []string{
			"app TEXT", "instance TEXT", "environment TEXT", "sdk_version TEXT", "frontend BOOLEAN", "address TEXT", "started_at BIGINT", "seen_at BIGINT",
		},
		write: `INSERT INTO instance (` + columns + `) SELECT ` + columns + ` FROM batch WHERE EXISTS (SELECT 1 FROM application WHERE name = batch.app)
			ON CONFLICT (app, environment, instance) DO UPDATE SET seen_at = excluded.seen_at, address = excluded.address, frontend = excluded.frontend,
			started_at = COALESCE(excluded.started_at, instance.started_at),
			sdk_version = CASE WHEN excluded.sdk_version = '' THEN instance.sdk_version ELSE excluded.sdk_version END
			WHERE instance.seen_at <= excluded.seen_at`,
		row: func(i Instance) []any {
			return []any{i.App, i.ID, i.Environment, i.SDK, i.Frontend, i.Address, optionalMillis(i.StartedAt), millis(i.SeenAt)}
		},
	}.run(ctx, tx, seen)
}

// Instances returns the running instances of applications, sorted by
// application, environment and instance.
func (tx *Tx) Instances(ctx context.Context, apps []string) ([]Instance, error) {
	if len(apps) == 0 {
		return nil, nil
	}
	condition, args := among(tx, "app", apps)
	return list(ctx, tx, func(s scanner) (Instance, error) {
		var i Instance
		err := s.Scan(&i.App, &i.ID, &i.Environment, &i.SDK, &i.Frontend, &i.Address, optionalInstant{&i.StartedAt}, instant{&i.SeenAt})
		return i, err
	}, `SELECT app, instance, environment, sdk_version, frontend, address, started_at, seen_at FROM instance WHERE TRUE`+condition+
		` ORDER BY app, environment, instance`, args...)
}

// PruneApplications forgets instances not seen since an instant, and
// applications not seen since another that nobody wrote about.
func (tx *Tx) PruneApplications(ctx context.Context, instances, applications time.Time) error {
	if _, err := tx.exec(ctx, `DELETE FROM instance WHERE seen_at < $1`, millis(instances)); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `DELETE FROM application WHERE seen_at < $1 AND description IS NULL AND url IS NULL AND icon IS NULL AND color IS NULL`,
		millis(applications))
	return err
}

func scanApplication(s scanner) (Application, error) {
	a := Application{Strategies: []string{}}
	err := s.Scan(&a.Name, &a.Description, &a.URL, &a.Color, &a.Icon, document{&a.Strategies}, instant{&a.CreatedAt}, instant{&a.SeenAt})
	return a, err
}

// likeEscape makes a text match itself in LIKE.
var likeEscape = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)
