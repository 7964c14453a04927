package control

import (
	"context"
	"slices"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// SessionID is the public identifier of a session. Nobody finds the session by
// it who does not have all of them: what the store keeps does not leave it.
func SessionID(s store.Session) string {
	const shown = 32 // digits: 128 bits
	return token.DigestOf("session " + s.Digest).String()[:shown]
}

// Sessions returns the sessions of a person, the latest sign-in first.
func (c *Control) Sessions(ctx context.Context, actor access.Principal) ([]store.Session, error) {
	if err := personal(actor); err != nil {
		return nil, err
	}
	if err := c.FlushTokens(ctx); err != nil { // when they were used last
		return nil, err
	}
	return view(ctx, c, func(tx *store.Tx) ([]store.Session, error) { return tx.SessionsOf(ctx, actor.UserID) })
}

// EndSession ends one of the person's sessions: it opens nothing when this
// returns. An unknown one is a NotFound error.
func (c *Control) EndSession(ctx context.Context, actor access.Principal, id string) error {
	if err := personal(actor); err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		all, err := tx.SessionsOf(ctx, actor.UserID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(s store.Session) bool { return SessionID(s) == id })
		if i < 0 {
			return fault.New(fault.NotFound, "you have no session %q: it has ended", id)
		}
		return tx.DeleteSession(ctx, all[i].Digest)
	})
}

// EndOtherSessions ends all sessions of the person but the one that asks.
func (c *Control) EndOtherSessions(ctx context.Context, actor access.Principal) error {
	if err := personal(actor); err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error { return tx.DeleteSessionsOf(ctx, actor.UserID, actor.SessionID) })
}

func personal(actor access.Principal) error {
	if actor.Person() {
		return nil
	}
	return fault.New(fault.Forbidden, "an admin token belongs to no person and has no sessions")
}
