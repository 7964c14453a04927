package auth_test

import (
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/token"
)

// TestTokensAreBelievedForATimeWithoutADatabase: tokens that are known open
// things while the database is away, and nothing once it has been away for
// longer than the grace; streams end then.
func TestTokensAreBelievedForATimeWithoutADatabase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const secret = "known"
	w.add(secret, token.Client, everywhere, nil)
	var err error
	if w.auth, err = auth.New(t.Context(), auth.Options{DB: w.db, Now: w.clock.Now, Grace: time.Hour}); err != nil {
		t.Fatal(err)
	}
	digest := w.grant(secret).Digest()
	w.clock.Advance(2 * time.Hour)
	if err := w.auth.CatchUp(t.Context()); err != nil { // as the process does every second
		t.Fatal(err)
	}
	ended, stop := w.auth.Watch(w.grant(secret))
	defer stop()

	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(time.Hour)
	w.grant(secret)
	if err := w.auth.EndCutOff(t.Context()); err != nil || isClosed(ended) || w.auth.Trusted() != nil {
		t.Errorf("within the grace: %v, stream ended: %v", err, isClosed(ended))
	}
	w.clock.Advance(time.Millisecond)
	if _, err := w.auth.SDK(t.Context(), with(secret), token.ClientAPI); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a request after the grace: %v, want unavailable", err)
	}
	if _, err := w.auth.Again(digest, with(""), token.ClientAPI); !fault.Is(err, fault.Unavailable) {
		t.Errorf("another request of a stream after the grace: %v, want unavailable", err)
	}
	if err := w.auth.Trusted(); !fault.Is(err, fault.Unavailable) {
		t.Errorf("trusted after the grace: %v", err)
	}
	if err := w.auth.EndCutOff(t.Context()); err != nil || !isClosed(ended) {
		t.Errorf("after the grace: %v, stream ended: %v", err, isClosed(ended))
	}
}
