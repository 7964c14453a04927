package control_test

import (
	"context"
	"crypto/rand"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/testkit"
	"github.com/burgeehq/burgee/internal/testkit/testdb"
)

func TestBootstrapOnce(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := testdb.New(t).Open(t, testkit.NewClock().Now)
	c := &control.Control{DB: db, Random: rand.Reader}
	if err := c.Bootstrap(ctx); err != nil {
		t.Fatal(err)
	}
	first := have(t, db)
	want := map[string][]string{
		"environments": {"development", "production"},
		"default":      {"development", "production"},
		"types":        {"release", "experiment", "operational", "kill-switch", "permission"},
		"definitions":  {"default", "flexibleRollout", "remoteAddress", "applicationHostname"},
		"tag types":    {"simple"},
		"fields":       {"environment", "userId", "appName", "currentTime", "sessionId"},
	}
	if diff := cmp.Diff(want, first); diff != "" {
		t.Errorf("after the first start (-want +got):\n%s", diff)
	}
	id, err := c.InstanceID(ctx)
	if err != nil || len(id) != 36 {
		t.Errorf("instance id %q, %v; want a UUID", id, err)
	}

	err = db.Update(ctx, func(tx *store.Tx) error {
		if err := tx.DeleteTagType(ctx, "simple"); err != nil {
			return err
		}
		if err := tx.DeleteContextField(ctx, "sessionId"); err != nil {
			return err
		}
		return tx.DeleteEnvironment(ctx, feature.Production)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Bootstrap(ctx); err != nil {
		t.Fatal(err)
	}
	want["environments"], want["default"] = []string{"development"}, []string{"development"}
	want["tag types"] = nil
	want["fields"] = []string{"environment", "userId", "appName", "currentTime"}
	if diff := cmp.Diff(want, have(t, db)); diff != "" {
		t.Errorf("what was deleted came back at the next start (-want +got):\n%s", diff)
	}
	if again, err := c.InstanceID(ctx); err != nil || again != id {
		t.Errorf("instance id changed from %q to %q, %v", id, again, err)
	}
}

// have lists the names of what the server has.
func have(t *testing.T, db *store.DB) map[string][]string {
	t.Helper()
	ctx := context.Background()
	all := map[string][]string{}
	err := db.View(ctx, func(tx *store.Tx) error {
		environments, err := tx.Environments(ctx)
		if err != nil {
			return err
		}
		of, err := tx.ProjectEnvironments(ctx, feature.DefaultProject)
		if err != nil {
			return err
		}
		types, err := tx.FlagTypes(ctx)
		if err != nil {
			return err
		}
		definitions, err := tx.StrategyDefinitions(ctx)
		if err != nil {
			return err
		}
		tagTypes, err := tx.TagTypes(ctx)
		if err != nil {
			return err
		}
		fields, err := tx.ContextFields(ctx)
		all["environments"] = names(environments, func(e feature.Environment) string { return string(e.Name) })
		all["default"] = names(of, func(e store.ProjectEnvironment) string { return string(e.Environment) })
		all["types"] = names(types, func(e feature.FlagType) string { return e.ID })
		all["definitions"] = names(definitions, func(e feature.StrategyDefinition) string { return e.Name })
		all["tag types"] = names(tagTypes, func(e feature.TagType) string { return e.Name })
		all["fields"] = names(fields, func(e feature.ContextField) string { return e.Name })
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func names[T any](items []T, name func(T) string) []string {
	var all []string
	for _, item := range items {
		all = append(all, name(item))
	}
	return all
}
