package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
)

// Place is an environment as flags of one project meet it.
type Place struct {
	Name      feature.EnvironmentName
	Type      string
	SortOrder int
}

// Places returns the environments of projects, by project and in their order.
func (tx *Tx) Places(ctx context.Context, projects []feature.ProjectID) (map[feature.ProjectID][]Place, error) {
	byProject := make(map[feature.ProjectID][]Place, len(projects))
	listed, args := among(tx, "pe.project", projects)
	_, err := list(ctx, tx, func(s scanner) (Place, error) {
		var project feature.ProjectID
		var p Place
		err := s.Scan(&project, &p.Name, &p.Type, &p.SortOrder)
		byProject[project] = append(byProject[project], p)
		return p, err
	}, `SELECT pe.project, e.name, e.type, e.sort_order FROM project_environment pe
		JOIN environment e ON e.name = pe.environment WHERE TRUE`+listed+` ORDER BY pe.project, e.sort_order, e.name`, args...)
	return byProject, err
}

// FlagState is what one environment holds of a flag.
type FlagState struct {
	feature.State
	LastSeenAt *time.Time // when an SDK last evaluated it; nil: never
}

// States returns the states of flags, by flag and environment, disabled
// strategies included. A flag without an entry for an environment is off there
// and has nothing. It takes the same four queries for any number of flags.
func (tx *Tx) States(ctx context.Context, names []feature.Name) (map[feature.Name]map[feature.EnvironmentName]FlagState, error) {
	all := make(map[feature.Name]map[feature.EnvironmentName]FlagState, len(names))
	if len(names) == 0 {
		return all, nil
	}
	change := func(at spot, apply func(*FlagState)) {
		if all[at.flag] == nil {
			all[at.flag] = make(map[feature.EnvironmentName]FlagState)
		}
		state, known := all[at.flag][at.environment]
		if !known {
			state = FlagState{State: feature.State{Environment: at.environment, Strategies: []feature.Strategy{}, Variants: []feature.Variant{}}}
		}
		apply(&state)
		all[at.flag][at.environment] = state
	}
	states, err := tx.bareStates(ctx, names)
	for _, s := range states {
		change(s.spot, func(to *FlagState) { to.Enabled, to.Variants = s.enabled, s.variants })
	}
	if err != nil {
		return nil, err
	}
	strategies, err := tx.strategies(ctx, nil, names, "")
	for at, found := range strategies {
		change(at, func(to *FlagState) { to.Strategies = found })
	}
	if err != nil {
		return nil, err
	}
	seen, err := tx.lastSeen(ctx, names)
	for at, instant := range seen {
		change(at, func(to *FlagState) { to.LastSeenAt = &instant })
	}
	return all, err
}

// StateSummary is what lists show of a flag in one environment.
type StateSummary struct {
	Enabled           bool
	Variants          int
	Strategies        int // disabled ones included
	EnabledStrategies int
	LastSeenAt        *time.Time // when an SDK last evaluated it; nil: never
}

// StateSummaries returns, by flag and environment, what lists show of flags,
// without reading a single strategy. A flag without an entry for an environment
// is off there and has nothing. Its cost is that of the flags, not of all there
// are.
func (tx *Tx) StateSummaries(ctx context.Context, names []feature.Name) (map[feature.Name]map[feature.EnvironmentName]StateSummary, error) {
	all := make(summaries, len(names))
	if len(names) == 0 {
		return all, nil
	}
	return all, all.read(ctx, tx, names)
}

// summaries are what lists show of flags.
type summaries map[feature.Name]map[feature.EnvironmentName]StateSummary

func (all summaries) set(at spot, s StateSummary) {
	if all[at.flag] == nil {
		all[at.flag] = make(map[feature.EnvironmentName]StateSummary)
	}
	all[at.flag][at.environment] = s
}

// each reads rows of a flag and what it has in environments, and lets set take
// over the fields of each.
func (all summaries) each(ctx context.Context, tx *Tx, set func(*StateSummary, []string) error, query string, args []any) error {
	return tx.each(ctx, func(row scanner) error {
		var flag feature.Name
		var places string
		if err := row.Scan(&flag, &places); err != nil {
			return err
		}
		for place := range strings.SplitSeq(places, record) {
			fields := strings.Split(place, unit)
			at := spot{flag, feature.EnvironmentName(fields[0])}
			s := all[flag][at.environment]
			if err := set(&s, fields[1:]); err != nil {
				return fmt.Errorf("reading what flag %s has in %s: %w", flag, at.environment, err)
			}
			all.set(at, s)
		}
		return nil
	}, query, args...)
}

// What separates the texts that one row has of several places of a flag. No name
// has control characters, and JSON escapes them.
const (
	unit   = "\x1f"
	record = "\x1e"
)

// read adds some flags. It reads a row a flag: every row, and
// every column of it, costs the driver more than the database.
func (all summaries) read(ctx context.Context, tx *Tx, names []feature.Name) error {
	listed, args := among(tx, "feature", names)
	err := all.each(ctx, tx, func(s *StateSummary, fields []string) error {
		s.Enabled = fields[0] != ""
		if fields[1] == "" {
			return nil
		}
		var variants []json.RawMessage
		err := json.Unmarshal([]byte(fields[1]), &variants)
		s.Variants = len(variants)
		return err
	}, `SELECT feature, string_agg(environment || '`+unit+`' || CASE WHEN enabled THEN '1' ELSE '' END || '`+unit+`' ||
		CASE WHEN variants = '[]' THEN '' ELSE variants END, '`+record+`') FROM feature_environment WHERE TRUE`+listed+` GROUP BY feature`, args)
	if err != nil {
		return err
	}
	err = all.each(ctx, tx, func(s *StateSummary, fields []string) error {
		s.Strategies++
		if fields[0] != "" {
			s.EnabledStrategies++
		}
		return nil
	}, `SELECT feature, string_agg(environment || '`+unit+`' || CASE WHEN disabled THEN '' ELSE '1' END, '`+record+`')
		FROM strategy WHERE TRUE`+listed+` GROUP BY feature`, args)
	if err != nil {
		return err
	}
	return tx.each(ctx, func(row scanner) error {
		var at spot
		var when time.Time
		err := row.Scan(&at.flag, &at.environment, instant{&when})
		s := all[at.flag][at.environment]
		s.LastSeenAt = &when
		all.set(at, s)
		return err
	}, `SELECT feature, environment, seen_at FROM feature_last_seen WHERE TRUE`+listed, args...)
}

type bareState struct {
	spot     spot
	enabled  bool
	variants []feature.Variant
}

func (tx *Tx) bareStates(ctx context.Context, names []feature.Name) ([]bareState, error) {
	listed, args := among(tx, "feature", names)
	return list(ctx, tx, func(s scanner) (bareState, error) {
		b := bareState{variants: []feature.Variant{}}
		err := s.Scan(&b.spot.flag, &b.spot.environment, &b.enabled, document{&b.variants})
		return b, err
	}, `SELECT feature, environment, enabled, variants FROM feature_environment WHERE TRUE`+listed, args...)
}

func (tx *Tx) lastSeen(ctx context.Context, names []feature.Name) (map[spot]time.Time, error) {
	seen := make(map[spot]time.Time)
	listed, args := among(tx, "feature", names)
	_, err := list(ctx, tx, func(s scanner) (spot, error) {
		var at spot
		var when time.Time
		err := s.Scan(&at.flag, &at.environment, instant{&when})
		seen[at] = when
		return at, err
	}, `SELECT feature, environment, seen_at FROM feature_last_seen WHERE TRUE`+listed, args...)
	return seen, err
}

// Enabled reports whether a flag is on in an environment, and whether it has a
// strategy there that is not disabled.
func (tx *Tx) Enabled(ctx context.Context, name feature.Name, environment feature.EnvironmentName) (on, ready bool, err error) {
	err = tx.one(ctx, `SELECT EXISTS (SELECT 1 FROM feature_environment WHERE feature = $1 AND environment = $2 AND enabled),
		EXISTS (SELECT 1 FROM strategy WHERE feature = $1 AND environment = $2 AND NOT disabled)`, []any{name, environment}, &on, &ready)
	return on, ready, err
}

// SetEnabled switches a flag on or off in an environment.
func (tx *Tx) SetEnabled(ctx context.Context, name feature.Name, environment feature.EnvironmentName, enabled bool) error {
	_, err := tx.exec(ctx, `INSERT INTO feature_environment (feature, environment, enabled) VALUES ($1,$2,$3)
		ON CONFLICT (feature, environment) DO UPDATE SET enabled = excluded.enabled`, name, environment, enabled)
	return err
}

// SetVariants replaces the feature-level variants of a flag in an environment.
func (tx *Tx) SetVariants(ctx context.Context, name feature.Name, environment feature.EnvironmentName, variants []feature.Variant) error {
	text, err := encode(append([]feature.Variant{}, variants...))
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `INSERT INTO feature_environment (feature, environment, variants) VALUES ($1,$2,$3)
		ON CONFLICT (feature, environment) DO UPDATE SET variants = excluded.variants`, name, environment, text)
	return err
}

// SwitchOff switches a flag off in every environment.
func (tx *Tx) SwitchOff(ctx context.Context, name feature.Name) error {
	_, err := tx.exec(ctx, `UPDATE feature_environment SET enabled = FALSE WHERE feature = $1 AND enabled`, name)
	return err
}
