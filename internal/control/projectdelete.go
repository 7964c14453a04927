package control

import (
	"context"
	"slices"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// DeleteProject removes a project that has no live flags, with its archived
// flags, segments, context fields and members. Tokens lose it from their
// scope; those of no other project are deleted.
func (c *Control) DeleteProject(ctx context.Context, actor access.Principal, id feature.ProjectID) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		before, err := tx.Project(ctx, id)
		if err != nil {
			return err
		}
		if err := expendable(ctx, tx, before, "deleted"); err != nil {
			return err
		}
		for _, part := range []func(context.Context, *store.Tx, access.Principal, feature.ProjectID) error{
			deleteFlagsOf, deleteSegmentsOf, deleteContextFieldsOf,
		} {
			if err := part(ctx, tx, actor, id); err != nil {
				return err
			}
		}
		narrow, err := deleteTokensOf(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if err := tx.DeleteProject(ctx, id); err != nil {
			return err
		}
		for _, t := range narrow {
			if err := tokenChanged(ctx, tx, actor, t); err != nil {
				return err
			}
		}
		return projectChanged(ctx, tx, actor, changed[NewProject]{event: eventProjectDeleted, before: &NewProject{Project: before}})
	})
}

// deleteTokensOf deletes the tokens of which the project is the whole scope,
// and returns what becomes of those that lose only this part of it when the
// project goes. Neither ever sees more than before.
func deleteTokensOf(ctx context.Context, tx *store.Tx, actor access.Principal, id feature.ProjectID) ([]changed[store.APIToken], error) {
	tokens, err := tx.APITokens(ctx)
	if err != nil {
		return nil, err
	}
	var narrow []changed[store.APIToken]
	for _, t := range tokens {
		if !belongs(t, id) {
			continue
		}
		if len(t.Scope.Projects) == 1 {
			if err := deleteToken(ctx, tx, actor, t); err != nil {
				return nil, err
			}
			continue
		}
		after := t
		after.Scope.Projects = slices.DeleteFunc(slices.Clone(t.Scope.Projects), func(p string) bool { return p == string(id) })
		narrow = append(narrow, changed[store.APIToken]{event: eventTokenUpdated, before: &t, after: &after})
	}
	return narrow, nil
}

func deleteSegmentsOf(ctx context.Context, tx *store.Tx, actor access.Principal, id feature.ProjectID) error {
	segments, err := tx.Segments(ctx)
	if err != nil {
		return err
	}
	for _, s := range segments {
		if s.Project != id {
			continue
		}
		if err := tx.DeleteSegment(ctx, s.ID); err != nil {
			return err
		}
		if err := segmentChanged(ctx, tx, actor, changed[feature.Segment]{event: eventSegmentDeleted, before: &s}); err != nil {
			return err
		}
	}
	return nil
}

func deleteContextFieldsOf(ctx context.Context, tx *store.Tx, actor access.Principal, id feature.ProjectID) error {
	fields, err := tx.ContextFields(ctx)
	if err != nil {
		return err
	}
	for _, f := range fields {
		if f.Project != id {
			continue
		}
		if err := tx.DeleteContextField(ctx, f.Name); err != nil {
			return err
		}
		if err := tx.Record(ctx, actor, store.Event{Type: eventContextDeleted, Project: id}, f, nil); err != nil {
			return err
		}
	}
	return nil
}

// deleteFlagsOf deletes the archived flags of a project, which may depend on
// each other.
func deleteFlagsOf(ctx context.Context, tx *store.Tx, actor access.Principal, id feature.ProjectID) error {
	flags, err := tx.Flags(ctx, store.FlagFilter{Project: id, Archived: true})
	if err != nil {
		return err
	}
	for _, flag := range flags {
		for _, d := range flag.Dependencies {
			if err := tx.DeleteDependency(ctx, flag.Name, d.Parent); err != nil {
				return err
			}
		}
	}
	return flagWork{Tx: tx, actor: actor}.deleteAll(ctx, flags)
}
