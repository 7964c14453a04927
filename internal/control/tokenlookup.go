package control

import (
	"context"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// LookupTokens returns the tokens that have one of the digests, of every kind
// and of everybody, expired ones included. It is for those who found secrets
// where none should be, and needs the right to do everything.
func (c *Control) LookupTokens(ctx context.Context, actor access.Principal, digests []token.Digest) ([]store.KnownToken, error) {
	if err := require(actor, "", "", access.AdminAll); err != nil {
		return nil, err
	}
	return view(ctx, c, func(tx *store.Tx) ([]store.KnownToken, error) { return tx.TokensByDigest(ctx, digests) })
}
