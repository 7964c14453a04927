package store

import (
	"context"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
)

const projectColumns = `id, name, description, default_stickiness, mode, created_at, updated_at, archived_at`

// Projects returns all projects that are archived, or all that are not, by
// name.
func (tx *Tx) Projects(ctx context.Context, archived bool) ([]feature.Project, error) {
	condition := `archived_at IS NULL`
	if archived {
		condition = `archived_at IS NOT NULL`
	}
	return list(ctx, tx, scanProject, `SELECT `+projectColumns+` FROM project WHERE `+condition+` ORDER BY name, id`)
}

// Project returns one project, archived or not, or a NotFound error.
func (tx *Tx) Project(ctx context.Context, id feature.ProjectID) (feature.Project, error) {
	p, err := get(ctx, tx, scanProject, `SELECT `+projectColumns+` FROM project WHERE id = $1`, id)
	return p, missing(err, "there is no project %q", id)
}

// InsertProject stores a new project, or returns a Conflict error.
func (tx *Tx) InsertProject(ctx context.Context, p feature.Project) error {
	_, err := tx.exec(ctx, `INSERT INTO project (`+projectColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		p.ID, p.Name, p.Description, p.DefaultStickiness, p.Mode, millis(p.CreatedAt), millis(p.UpdatedAt), optionalMillis(p.ArchivedAt))
	return err
}

// UpdateProject replaces what may change of a project.
func (tx *Tx) UpdateProject(ctx context.Context, p feature.Project) error {
	_, err := tx.exec(ctx, `UPDATE project SET name = $2, description = $3, default_stickiness = $4, mode = $5, updated_at = $6, archived_at = $7 WHERE id = $1`,
		p.ID, p.Name, p.Description, p.DefaultStickiness, p.Mode, millis(p.UpdatedAt), optionalMillis(p.ArchivedAt))
	return err
}

// DeleteProject removes a project with its members, environments, segments,
// context fields and what was counted of its use. It returns a Conflict error while a flag, archived ones
// included, is in it.
func (tx *Tx) DeleteProject(ctx context.Context, id feature.ProjectID) error {
	if _, err := tx.exec(ctx, `DELETE FROM usage_total WHERE project = $1`, id); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `DELETE FROM project WHERE id = $1`, id)
	return err
}

// ProjectEnvironment is an environment that a project uses.
type ProjectEnvironment struct {
	Project     feature.ProjectID
	Environment feature.EnvironmentName
	// DefaultStrategy is what a flag gets that is switched on without a
	// strategy; nil when the project chose none.
	DefaultStrategy *feature.Strategy
}

// ProjectEnvironments returns the environments of one project, in their order.
func (tx *Tx) ProjectEnvironments(ctx context.Context, project feature.ProjectID) ([]ProjectEnvironment, error) {
	return list(ctx, tx, scanProjectEnvironment, `SELECT pe.project, pe.environment, pe.default_strategy
		FROM project_environment pe JOIN environment e ON e.name = pe.environment
		WHERE pe.project = $1 ORDER BY e.sort_order, e.name`, project)
}

// ProjectEnvironment returns one environment of a project, or a NotFound error.
func (tx *Tx) ProjectEnvironment(ctx context.Context, project feature.ProjectID, environment feature.EnvironmentName) (ProjectEnvironment, error) {
	pe, err := get(ctx, tx, scanProjectEnvironment, `SELECT project, environment, default_strategy FROM project_environment
		WHERE project = $1 AND environment = $2`, project, environment)
	return pe, missing(err, "project %q does not have the environment %q", project, environment)
}

// PutProjectEnvironment adds an environment to a project, or replaces its
// default strategy.
func (tx *Tx) PutProjectEnvironment(ctx context.Context, pe ProjectEnvironment) error {
	var strategy *string
	if pe.DefaultStrategy != nil {
		text, err := encode(stored(*pe.DefaultStrategy))
		if err != nil {
			return err
		}
		strategy = &text
	}
	_, err := tx.exec(ctx, `INSERT INTO project_environment (project, environment, default_strategy) VALUES ($1,$2,$3)
		ON CONFLICT (project, environment) DO UPDATE SET default_strategy = excluded.default_strategy`, pe.Project, pe.Environment, strategy)
	return err
}

// DeleteProjectEnvironment takes an environment away from a project. What the
// project's flags have in it stays, unseen, should the environment come back.
func (tx *Tx) DeleteProjectEnvironment(ctx context.Context, project feature.ProjectID, environment feature.EnvironmentName) error {
	_, err := tx.exec(ctx, `DELETE FROM project_environment WHERE project = $1 AND environment = $2`, project, environment)
	return err
}

// SwitchOffFlags switches off every flag of a project in an environment and
// returns those that were on. Their strategies stay.
func (tx *Tx) SwitchOffFlags(ctx context.Context, project feature.ProjectID, environment feature.EnvironmentName) ([]feature.Name, error) {
	return list(ctx, tx, scanName, `UPDATE feature_environment SET enabled = FALSE
		WHERE environment = $2 AND enabled AND feature IN (SELECT name FROM feature WHERE project = $1) RETURNING feature`, project, environment)
}

// DefaultStrategies returns every default strategy that a project chose.
func (tx *Tx) DefaultStrategies(ctx context.Context) ([]ProjectEnvironment, error) {
	return list(ctx, tx, scanProjectEnvironment, `SELECT project, environment, default_strategy FROM project_environment
		WHERE default_strategy IS NOT NULL ORDER BY project, environment`)
}

// EnvironmentProjects returns the projects that use an environment, archived
// ones included.
func (tx *Tx) EnvironmentProjects(ctx context.Context, environment feature.EnvironmentName) ([]ProjectEnvironment, error) {
	return list(ctx, tx, scanProjectEnvironment, `SELECT project, environment, default_strategy FROM project_environment
		WHERE environment = $1 ORDER BY project`, environment)
}

// storedStrategy is a default strategy as its column holds it.
type storedStrategy struct {
	Name        string               `json:"name"`
	Title       string               `json:"title,omitempty"`
	Disabled    bool                 `json:"disabled,omitempty"`
	Parameters  map[string]string    `json:"parameters"`
	Constraints []feature.Constraint `json:"constraints"`
	Variants    []feature.Variant    `json:"variants"`
	Segments    []feature.SegmentID  `json:"segments,omitempty"`
}

func stored(s feature.Strategy) storedStrategy {
	return storedStrategy{
		Name: s.Name, Title: s.Title, Disabled: s.Disabled, Parameters: s.Parameters,
		Constraints: s.Constraints, Variants: s.Variants, Segments: s.Segments,
	}
}

// strategy is what was stored; nil of nil.
func (s *storedStrategy) strategy() *feature.Strategy {
	if s == nil {
		return nil
	}
	return &feature.Strategy{
		Name: s.Name, Title: s.Title, Disabled: s.Disabled, Parameters: s.Parameters,
		Constraints: s.Constraints, Variants: s.Variants, Segments: s.Segments,
	}
}

func scanProjectEnvironment(s scanner) (ProjectEnvironment, error) {
	var pe ProjectEnvironment
	var strategy *storedStrategy
	err := s.Scan(&pe.Project, &pe.Environment, document{&strategy})
	pe.DefaultStrategy = strategy.strategy()
	return pe, err
}

func scanProject(s scanner) (feature.Project, error) {
	var p feature.Project
	var archived *time.Time
	err := s.Scan(&p.ID, &p.Name, &p.Description, &p.DefaultStickiness, &p.Mode, instant{&p.CreatedAt}, instant{&p.UpdatedAt}, optionalInstant{&archived})
	p.ArchivedAt = archived
	return p, err
}
