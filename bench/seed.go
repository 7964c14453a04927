package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// size is how much a server holds. Half of the flags are in project big, the
// rest in projects of 100; each has one strategy in every environment and is on
// in every second one.
type size struct {
	flags, environments, events int
}

const (
	seedBatch  = 5_000 // rows in a transaction
	smallFlags = 100   // of a small project
	// eventsAtOnce is how many events are of one moment. A transaction has one.
	eventsAtOnce = seedBatch
	bigProject   = "big"
	seededUsers  = 50
)

// seed fills a database that a server has made, beneath the API: a million
// events through it would take an hour.
func (s size) seed(ctx context.Context, dir, url string, out io.Writer) (err error) {
	// The events are of the last year.
	clock := time.Now().AddDate(-1, 0, 0)
	db, err := store.Open(ctx, store.Options{Dir: dir, URL: url, Now: func() time.Time { return clock }})
	if err != nil {
		return err
	}
	defer func() {
		if failed := db.Close(); err == nil {
			err = failed
		}
	}()
	var environments []feature.EnvironmentName
	for i := range s.environments {
		environments = append(environments, feature.EnvironmentName("env-"+strconv.Itoa(i)))
	}
	err = db.Update(ctx, func(tx *store.Tx) error {
		for i, name := range environments {
			if err := tx.InsertEnvironment(ctx, feature.Environment{Name: name, Type: "production", Enabled: true, SortOrder: i}); err != nil {
				return err
			}
		}
		for i := range s.flags {
			if i > 0 && s.project(i) == s.project(i-1) {
				continue
			}
			id := s.project(i)
			if err := tx.InsertProject(ctx, feature.Project{ID: id, Name: string(id), Mode: "open", DefaultStickiness: "default", CreatedAt: tx.Now(), UpdatedAt: tx.Now()}); err != nil {
				return err
			}
			for _, name := range environments {
				if err := tx.PutProjectEnvironment(ctx, store.ProjectEnvironment{Project: id, Environment: name}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := inBatches(ctx, db, s.flags, func(tx *store.Tx, i int) error { return s.flag(ctx, tx, i, environments) }); err != nil {
		return err
	}
	began := time.Now()
	return inBatches(ctx, db, s.events, func(tx *store.Tx, i int) error {
		if i%200_000 == 0 && i > 0 {
			_, _ = fmt.Fprintf(out, "%d of %d events in %v\n", i, s.events, time.Since(began).Round(time.Second))
		}
		if i%eventsAtOnce == 0 {
			clock = clock.Add(365 * 24 * time.Hour / time.Duration(s.events/eventsAtOnce))
		}
		return s.event(ctx, tx, i)
	})
}

// inBatches adds things, some a transaction.
func inBatches(ctx context.Context, db *store.DB, n int, add func(*store.Tx, int) error) error {
	for from := 0; from < n; from += seedBatch {
		err := db.Update(ctx, func(tx *store.Tx) error {
			for i := from; i < min(from+seedBatch, n); i++ {
				if err := add(tx, i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// project is the project of a flag.
func (s size) project(i int) feature.ProjectID {
	if i < s.flags/2 {
		return bigProject
	}
	return feature.ProjectID("small-" + strconv.Itoa((i-s.flags/2)/smallFlags))
}

func flagName(i int) feature.Name { return feature.Name(fmt.Sprintf("flag-%06d", i)) }

func (s size) flag(ctx context.Context, tx *store.Tx, i int, environments []feature.EnvironmentName) error {
	name := flagName(i)
	description := "what flag " + strconv.Itoa(i) + " is for, in a sentence of usual length"
	err := tx.InsertFlag(ctx, feature.Flag{Name: name, Project: s.project(i), Type: "release", Description: &description, CreatedAt: tx.Now(), CreatedBy: 1})
	for j, environment := range environments {
		if err != nil {
			return err
		}
		strategy := feature.DefaultStrategy(name)
		strategy.ID = feature.StrategyID(fmt.Sprintf("00000000-0000-4000-8000-%06d%06d", j, i))
		strategy = strategy.WithDefaults(name)
		if err = tx.InsertStrategy(ctx, store.Placed{Strategy: strategy, Feature: name, Environment: environment}); err == nil {
			err = tx.SetEnabled(ctx, name, environment, (i+j)%2 == 0)
		}
	}
	return err
}

// event adds one of the usual kind: a flag switched, or a strategy changed.
func (s size) event(ctx context.Context, tx *store.Tx, i int) error {
	of := i * 7 % s.flags
	e := store.Event{Project: s.project(of), Feature: flagName(of), Environment: feature.EnvironmentName("env-" + strconv.Itoa(i%s.environments))}
	actor := access.Principal{UserID: int64(i % seededUsers), Name: "person-" + strconv.Itoa(i%seededUsers)}
	if i%3 == 0 {
		e.Type = "feature-environment-enabled"
		return tx.Record(ctx, actor, e, nil, nil)
	}
	e.Type = "feature-strategy-update"
	strategy := feature.DefaultStrategy(e.Feature).WithDefaults(e.Feature)
	return tx.Record(ctx, actor, e, strategy, strategy)
}
