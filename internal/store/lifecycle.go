package store

import (
	"context"

	"github.com/burgeehq/burgee/internal/feature"
)

// stageOf is the stage of a flag f, as SQL says it. See [feature.Lifecycle].
const stageOf = `CASE WHEN f.archived_at IS NOT NULL THEN 'archived' WHEN f.completed_at IS NOT NULL THEN 'completed'
	WHEN f.live_at IS NOT NULL THEN 'live' WHEN f.pre_live_at IS NOT NULL THEN 'pre-live' ELSE 'initial' END`

// Lifecycles returns the lifecycles of flags.
func (tx *Tx) Lifecycles(ctx context.Context, names []feature.Name) (map[feature.Name]feature.Lifecycle, error) {
	all := make(map[feature.Name]feature.Lifecycle, len(names))
	if len(names) == 0 {
		return all, nil
	}
	listed, args := among(tx, "name", names)
	err := tx.each(ctx, func(s scanner) error {
		var name feature.Name
		l, err := scanLifecycle(prefixed{s, []any{&name}})
		all[name] = l
		return err
	}, `SELECT name, `+lifecycleColumns+` FROM feature WHERE TRUE`+listed, args...)
	return all, err
}

// ProjectLifecycles returns the lifecycles of all flags of a project.
func (tx *Tx) ProjectLifecycles(ctx context.Context, project feature.ProjectID) ([]feature.Lifecycle, error) {
	return list(ctx, tx, scanLifecycle, `SELECT `+lifecycleColumns+` FROM feature WHERE project = $1`, project)
}

const lifecycleColumns = `began_at, pre_live_at, live_at, completed_at, completed_as, completed_value, archived_at`

func scanLifecycle(s scanner) (feature.Lifecycle, error) {
	var l feature.Lifecycle
	err := s.Scan(instant{&l.Began}, optionalInstant{&l.PreLive}, optionalInstant{&l.Live}, optionalInstant{&l.Completed},
		&l.CompletedAs, &l.Value, optionalInstant{&l.Archived})
	return l, err
}

// Complete notes what became of what a flag was for; an empty outcome takes
// that back.
func (tx *Tx) Complete(ctx context.Context, name feature.Name, as feature.Outcome, value string) error {
	var at *int64
	if as != "" {
		at = new(millis(tx.now))
	}
	_, err := tx.exec(ctx, `UPDATE feature SET completed_at = $2, completed_as = $3, completed_value = $4 WHERE name = $1`, name, at, as, value)
	return err
}

// BeginAnew begins the lifecycle of a flag again.
func (tx *Tx) BeginAnew(ctx context.Context, name feature.Name) error {
	_, err := tx.exec(ctx, `UPDATE feature SET began_at = $2, pre_live_at = NULL, live_at = NULL, completed_at = NULL,
		completed_as = '', completed_value = '' WHERE name = $1`, name, millis(tx.now))
	return err
}

// enterStages notes the first time that flags were asked for outside production
// and in it, since their lifecycles began.
func (tx *Tx) enterStages(ctx context.Context, seen []FeatureSeen) error {
	for column, condition := range map[string]string{`pre_live_at`: `<>`, `live_at`: `=`} {
		err := batch[FeatureSeen]{
			columns: featureSeenColumns(),
			write: `UPDATE feature SET ` + column + ` = seen.at FROM (
				SELECT batch.feature, min(batch.seen_at) AS at FROM batch JOIN environment e ON e.name = batch.environment
				WHERE e.type ` + condition + ` 'production' GROUP BY batch.feature) seen
				WHERE feature.name = seen.feature AND feature.` + column + ` IS NULL AND feature.began_at <= seen.at AND feature.archived_at IS NULL`,
			row: FeatureSeen.row,
		}.run(ctx, tx, seen)
		if err != nil {
			return err
		}
	}
	return nil
}

// StageCounts returns how many flags are in each stage, archived ones
// included, by project.
func (tx *Tx) StageCounts(ctx context.Context) (map[feature.ProjectID]map[feature.Stage]int, error) {
	all := make(map[feature.ProjectID]map[feature.Stage]int)
	err := tx.each(ctx, func(s scanner) error {
		var project feature.ProjectID
		var stage feature.Stage
		var n int
		err := s.Scan(&project, &stage, &n)
		if all[project] == nil {
			all[project] = make(map[feature.Stage]int)
		}
		all[project][stage] = n
		return err
	}, `SELECT f.project, `+stageOf+` AS stage, count(*) FROM feature f GROUP BY f.project, stage`)
	return all, err
}
