package control

import (
	"context"
	"fmt"
	"io"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// The names of settings.
const (
	settingBootstrapped = "bootstrapped"
	settingInstanceID   = "instance.id"
)

// Bootstrap gives a new server what every server has: the default project, two
// environments, types of flags, built-in strategies, a tag type and the known
// context fields. It acts once in the life of a database: what was deleted
// since does not come back.
func (c *Control) Bootstrap(ctx context.Context) error {
	var done string
	err := c.DB.View(ctx, func(tx *store.Tx) error {
		var err error
		done, err = tx.Setting(ctx, settingBootstrapped)
		return err
	})
	if err != nil || done != "" {
		return err
	}
	id, err := newUUID(c.Random)
	if err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		if done, err := tx.Setting(ctx, settingBootstrapped); err != nil || done != "" {
			return err // another process was faster
		}
		if err := tx.PutSetting(ctx, settingInstanceID, id); err != nil {
			return err
		}
		if err := tx.PutSetting(ctx, settingBootstrapped, "1"); err != nil {
			return err
		}
		return insertBuiltIn(ctx, tx, feature.NewBuiltIn(tx.Now()))
	})
}

func insertBuiltIn(ctx context.Context, tx *store.Tx, b feature.BuiltIn) error {
	if err := tx.InsertProject(ctx, b.Project); err != nil {
		return err
	}
	for _, e := range b.Environments {
		if err := tx.InsertEnvironment(ctx, e); err != nil {
			return err
		}
		if err := tx.PutProjectEnvironment(ctx, store.ProjectEnvironment{Project: b.Project.ID, Environment: e.Name}); err != nil {
			return err
		}
		if err := tx.Touch(ctx, store.NounEnvironment, string(e.Name)); err != nil {
			return err
		}
	}
	for i, t := range b.Types {
		if err := tx.InsertFlagType(ctx, t, i); err != nil {
			return err
		}
	}
	for i, d := range b.Definitions {
		if err := tx.InsertBuiltInDefinition(ctx, d, i); err != nil {
			return err
		}
	}
	for _, t := range b.TagTypes {
		if err := tx.InsertTagType(ctx, t); err != nil {
			return err
		}
	}
	for _, f := range b.Fields {
		if err := tx.InsertContextField(ctx, f); err != nil {
			return err
		}
	}
	return tx.Touch(ctx, store.NounProject, string(b.Project.ID))
}

// InstanceID returns the random identifier this server got at its first start.
func (c *Control) InstanceID(ctx context.Context) (string, error) {
	return view(ctx, c, func(tx *store.Tx) (string, error) { return tx.Setting(ctx, settingInstanceID) })
}

// newUUID returns a random UUID (version 4 of RFC 9562).
func newUUID(random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("reading random bytes: %w", err)
	}
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16]), nil
}
