package control

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// settingTokenPolicy is the name of the setting with the token policy.
const settingTokenPolicy = "token.policy"

// MaxPolicyDays bounds the lifetimes that a policy can name.
const MaxPolicyDays = 36500

const day = 24 * time.Hour

// TokenPolicy says how long tokens may live, by kind. Without a policy they
// live as long as their makers want.
type TokenPolicy struct {
	Client   Lifetime `json:"client"`
	Frontend Lifetime `json:"frontend"`
	Admin    Lifetime `json:"admin"`
	Personal Lifetime `json:"personal"`
}

// Lifetime is how long tokens of a kind may live.
type Lifetime struct {
	DefaultDays   int  `json:"defaultDays"`   // of a token that is made without an expiry; 0: it never ends
	MaxDays       int  `json:"maxDays"`       // from its creation, or from a change of its expiry; 0: any time
	RequireExpiry bool `json:"requireExpiry"` // no token without an end
}

func (p TokenPolicy) of(kind token.Kind) Lifetime {
	switch kind {
	case token.Client:
		return p.Client
	case token.Frontend:
		return p.Frontend
	case token.Admin:
		return p.Admin
	case token.Personal:
		return p.Personal
	}
	return Lifetime{}
}

// check returns an error unless a token of the kind may end then.
func (l Lifetime) check(kind token.Kind, now time.Time, expires *time.Time) error {
	if expires == nil {
		if l.RequireExpiry || l.MaxDays > 0 {
			return fault.Field("/body/expiresAt", "expiresAt must be given: by the policy of this server, %s tokens end", kind)
		}
		return nil
	}
	if l.MaxDays > 0 && expires.After(now.Add(time.Duration(l.MaxDays)*day)) {
		return fault.Field("/body/expiresAt", "expiresAt must be within %d days: by the policy of this server, %s tokens live no longer", l.MaxDays, kind)
	}
	return nil
}

func (l Lifetime) valid(kind token.Kind) error {
	path := "/body/" + kind.String()
	for _, field := range []struct {
		name string
		days int
	}{{"defaultDays", l.DefaultDays}, {"maxDays", l.MaxDays}} {
		if field.days < 0 || field.days > MaxPolicyDays {
			return fault.Field(path+"/"+field.name, "%s must be from 0 to %d", field.name, MaxPolicyDays)
		}
	}
	if l.MaxDays > 0 && l.DefaultDays > l.MaxDays {
		return fault.Field(path+"/defaultDays", "defaultDays must not be more than maxDays")
	}
	return nil
}

// TokenPolicy returns the policy of the server.
func (c *Control) TokenPolicy(ctx context.Context) (TokenPolicy, error) {
	return view(ctx, c, func(tx *store.Tx) (TokenPolicy, error) { return tokenPolicy(ctx, tx) })
}

func tokenPolicy(ctx context.Context, tx *store.Tx) (TokenPolicy, error) {
	var p TokenPolicy
	text, err := tx.Setting(ctx, settingTokenPolicy)
	if err != nil || text == "" {
		return p, err
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return p, fmt.Errorf("reading the setting %s: %w", settingTokenPolicy, err)
	}
	return p, nil
}

// SetTokenPolicy replaces the policy. It counts for tokens that are made,
// rotated or given another expiry from now on; those that there are stay.
func (c *Control) SetTokenPolicy(ctx context.Context, actor access.Principal, p TokenPolicy) error {
	for _, kind := range token.Kinds() {
		if err := p.of(kind).valid(kind); err != nil {
			return err
		}
	}
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("encoding the token policy: %w", err)
	}
	type record struct {
		ID     string      `json:"id"`
		Policy TokenPolicy `json:"policy"`
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		before, err := tokenPolicy(ctx, tx)
		if err != nil {
			return err
		}
		if err := tx.PutSetting(ctx, settingTokenPolicy, string(text)); err != nil {
			return err
		}
		if err := tx.Touch(ctx, store.NounSetting, settingTokenPolicy); err != nil {
			return err
		}
		return tx.Record(ctx, actor, store.Event{Type: eventSettingUpdated}, record{settingTokenPolicy, before}, record{settingTokenPolicy, p})
	})
}

// underPolicy returns when a new token ends, or an error when the policy does
// not let it.
func underPolicy(ctx context.Context, tx *store.Tx, kind token.Kind, wanted *time.Time) (*time.Time, error) {
	p, err := tokenPolicy(ctx, tx)
	if err != nil {
		return wanted, err
	}
	l := p.of(kind)
	if wanted == nil && l.DefaultDays > 0 {
		end := tx.Now().Add(time.Duration(l.DefaultDays) * day)
		wanted = &end
	}
	return wanted, l.check(kind, tx.Now(), wanted)
}

// keepsPolicy returns an error unless the policy lets a token of the kind end
// then.
func keepsPolicy(ctx context.Context, tx *store.Tx, kind token.Kind, expires *time.Time) error {
	p, err := tokenPolicy(ctx, tx)
	if err != nil {
		return err
	}
	return p.of(kind).check(kind, tx.Now(), expires)
}
