package store

import (
	"context"
	"strconv"

	"github.com/burgeehq/burgee/internal/feature"
)

const flagColumns = `f.name, f.project, f.type, f.description, f.stale, f.impression_data, f.created_at, f.created_by, f.archived_at`

// FlagFilter narrows a list of flags. Empty fields do not narrow.
type FlagFilter struct {
	Project  feature.ProjectID
	Names    []feature.Name // nil: all
	Archived bool           // true: archived flags only; false: live ones only
}

// Flags returns flags by name, with their dependencies.
func (tx *Tx) Flags(ctx context.Context, filter FlagFilter) ([]feature.Flag, error) {
	if filter.Names != nil && len(filter.Names) == 0 {
		return []feature.Flag{}, nil
	}
	listed, args := among(tx, "f.name", filter.Names)
	where := `f.archived_at IS NULL`
	if filter.Archived {
		where = `f.archived_at IS NOT NULL`
	}
	if filter.Project != "" {
		args = append(args, filter.Project)
		where += ` AND f.project = $` + strconv.Itoa(len(args))
	}
	flags, err := list(ctx, tx, scanFlag, `SELECT `+flagColumns+` FROM feature f WHERE `+where+listed+` ORDER BY f.name`, args...)
	if err != nil {
		return nil, err
	}
	return flags, tx.addDependencies(ctx, flags, filter.Names)
}

// Flag returns one flag, archived or not, with its dependencies, or a NotFound
// error.
func (tx *Tx) Flag(ctx context.Context, name feature.Name) (feature.Flag, error) {
	flag, err := get(ctx, tx, scanFlag, `SELECT `+flagColumns+` FROM feature f WHERE f.name = $1`, name)
	if err != nil {
		return flag, missing(err, "there is no flag named %q", name)
	}
	flags := []feature.Flag{flag}
	err = tx.addDependencies(ctx, flags, []feature.Name{name})
	return flags[0], err
}

func (tx *Tx) addDependencies(ctx context.Context, flags []feature.Flag, names []feature.Name) error {
	dependencies, err := tx.Dependencies(ctx, names)
	for i := range flags {
		flags[i].Dependencies = dependencies[flags[i].Name]
	}
	return err
}

// CountFlags returns how many flags are not archived.
func (tx *Tx) CountFlags(ctx context.Context) (int, error) {
	var n int
	err := tx.one(ctx, `SELECT count(*) FROM feature WHERE archived_at IS NULL`, nil, &n)
	return n, err
}

// InsertFlag stores a new flag, off in every environment and without
// strategies, or returns a Conflict error. Rows of an environment are made
// when something of the flag in it is set, so that environments can come to
// its project at any time.
func (tx *Tx) InsertFlag(ctx context.Context, f feature.Flag) error {
	_, err := tx.exec(ctx, `INSERT INTO feature (name, project, type, description, stale, impression_data, created_at, created_by, archived_at, began_at)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$7)`,
		f.Name, f.Project, f.Type, f.Description, f.Stale, f.ImpressionData, millis(f.CreatedAt), f.CreatedBy, optionalMillis(f.ArchivedAt))
	return err
}

// UpdateFlag replaces what may change of a flag: project, type, description,
// stale, impression data and when it was archived. Dependencies have functions
// of their own.
func (tx *Tx) UpdateFlag(ctx context.Context, f feature.Flag) error {
	_, err := tx.exec(ctx, `UPDATE feature SET project = $2, type = $3, description = $4, stale = $5, impression_data = $6, archived_at = $7
		WHERE name = $1`,
		f.Name, f.Project, f.Type, f.Description, f.Stale, f.ImpressionData, optionalMillis(f.ArchivedAt))
	return err
}

// DeleteFlag removes a flag with its states, strategies, tags, usage and its own
// dependencies. It returns a Conflict error while another flag depends on it.
func (tx *Tx) DeleteFlag(ctx context.Context, name feature.Name) error {
	for _, table := range []string{`feature_last_seen`, `usage_hour`} {
		if _, err := tx.exec(ctx, `DELETE FROM `+table+` WHERE feature = $1`, name); err != nil {
			return err
		}
	}
	_, err := tx.exec(ctx, `DELETE FROM feature WHERE name = $1`, name)
	return err
}

func scanFlag(s scanner) (feature.Flag, error) {
	var f feature.Flag
	err := s.Scan(&f.Name, &f.Project, &f.Type, &f.Description, &f.Stale, &f.ImpressionData, instant{&f.CreatedAt}, &f.CreatedBy,
		optionalInstant{&f.ArchivedAt})
	return f, err
}

// LiveChildren returns, by parent, the flags not archived that depend on it.
func (tx *Tx) LiveChildren(ctx context.Context, parents []feature.Name) (map[feature.Name][]feature.Name, error) {
	type row struct{ parent, child feature.Name }
	listed, args := among(tx, "d.parent", parents)
	rows, err := list(ctx, tx, func(s scanner) (row, error) {
		var r row
		err := s.Scan(&r.parent, &r.child)
		return r, err
	}, `SELECT d.parent, d.child FROM dependency d JOIN feature f ON f.name = d.child
		WHERE f.archived_at IS NULL`+listed+` ORDER BY d.parent, d.child`, args...)
	if err != nil {
		return nil, err
	}
	byParent := make(map[feature.Name][]feature.Name)
	for _, r := range rows {
		byParent[r.parent] = append(byParent[r.parent], r.child)
	}
	return byParent, nil
}

// SetDependency adds a dependency of a child or replaces the one on the same
// parent.
func (tx *Tx) SetDependency(ctx context.Context, child feature.Name, d feature.Dependency) error {
	variants, err := encode(append([]string{}, d.Variants...))
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `INSERT INTO dependency (child, parent, enabled, variants) VALUES ($1,$2,$3,$4)
		ON CONFLICT (child, parent) DO UPDATE SET enabled = excluded.enabled, variants = excluded.variants`,
		child, d.Parent, d.MustBeOn(), variants)
	return err
}

// DeleteDependency removes a child's dependency on one parent.
func (tx *Tx) DeleteDependency(ctx context.Context, child, parent feature.Name) error {
	_, err := tx.exec(ctx, `DELETE FROM dependency WHERE child = $1 AND parent = $2`, child, parent)
	return err
}

// HasDependencies reports whether a live flag of the project depends on
// another one.
func (tx *Tx) HasDependencies(ctx context.Context, project feature.ProjectID) (bool, error) {
	var exists bool
	err := tx.one(ctx, `SELECT EXISTS (SELECT 1 FROM dependency d JOIN feature f ON f.name = d.child
		WHERE f.project = $1 AND f.archived_at IS NULL)`, []any{project}, &exists)
	return exists, err
}

func scanName(s scanner) (feature.Name, error) {
	var name feature.Name
	err := s.Scan(&name)
	return name, err
}

// Author is a person as the flags they made show them.
type Author struct {
	ID       int64  `json:"id"`
	Name     string `json:"name"`
	ImageURL string `json:"imageUrl"`
}

// Author returns a person, one who left included, or a NotFound error.
func (tx *Tx) Author(ctx context.Context, id int64) (*Author, error) {
	a := Author{ID: id}
	err := tx.one(ctx, `SELECT COALESCE(name, username, email, ''), COALESCE(image_url, '') FROM users WHERE id = $1`, []any{id}, &a.Name, &a.ImageURL)
	return &a, missing(err, "there is no person %d", id)
}
