package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/burgeehq/burgee/internal/store"
)

// AuditVerifyConfig is what `burgee audit verify` takes.
type AuditVerifyConfig struct {
	DataConfig
	Expect string `help:"Head that an earlier verification printed: the log must still contain it, unchanged up to there." placeholder:"COUNT:HASH"`
}

// VerifyEvents reads the whole event log and prints how many events it has and
// its head. It fails with status 1 and the first event that was changed, added
// or removed, and with status 2 when the log cannot be read.
func VerifyEvents(ctx context.Context, config AuditVerifyConfig, streams Streams, now func() time.Time) error {
	head, err := verifyEvents(ctx, config, now)
	var broken *store.BrokenChainError
	if errors.As(err, &broken) {
		if config.JSON {
			return &ExitError{exitFound, streams.printJSON(map[string]any{"intact": false, "brokenAt": broken.ID, "reason": broken.Reason})}
		}
		return &ExitError{exitFound, err}
	}
	if err != nil {
		return &ExitError{exitFailed, err}
	}
	if config.JSON {
		return streams.printJSON(map[string]any{"intact": true, "events": head.ID, "head": head.String()})
	}
	_, err = fmt.Fprintf(streams.Out, "%d events, intact\nhead %s\n", head.ID, head)
	return err
}

func verifyEvents(ctx context.Context, config AuditVerifyConfig, now func() time.Time) (head store.ChainHead, err error) {
	var noted store.ChainHead
	if config.Expect != "" {
		if noted, err = store.ParseChainHead(config.Expect); err != nil {
			return head, fmt.Errorf("--expect: %w", err)
		}
	}
	db, err := openData(ctx, config.DataConfig, now)
	if err != nil {
		return head, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = db.View(ctx, func(tx *store.Tx) error {
		head, err = tx.VerifyChain(ctx, noted)
		return err
	})
	return head, err
}
