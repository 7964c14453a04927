package control

import (
	"context"
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// The types of events about personal access tokens.
const (
	eventPATCreated  = "pat-created"
	eventPATDeleted  = "pat-deleted"
	eventPATDisabled = "pat-disabled"
	eventPATEnabled  = "pat-enabled"
)

// MaxPersonalTokens is how many personal access tokens a person holds, expired
// ones included.
const MaxPersonalTokens = 10

// maxDescription bounds the description of a personal access token, in bytes.
const maxDescription = 255

// PersonalTokens returns the actor's own tokens, newest first.
func (c *Control) PersonalTokens(ctx context.Context, actor access.Principal) ([]store.PersonalToken, error) {
	if err := needPerson(actor); err != nil {
		return nil, err
	}
	return view(ctx, c, func(tx *store.Tx) ([]store.PersonalToken, error) { return tx.PersonalTokensOf(ctx, actor.UserID) })
}

// CreatePersonalToken makes a token for the actor and returns it with its
// secret, which is kept nowhere. Without an expiry it is valid until it is
// deleted.
func (c *Control) CreatePersonalToken(ctx context.Context, actor access.Principal, description string, expires *time.Time) (store.PersonalToken, string, error) {
	if err := needPerson(actor); err != nil {
		return store.PersonalToken{}, "", err
	}
	return c.createPersonal(ctx, actor, store.PersonalToken{UserID: actor.UserID, Description: description, ExpiresAt: expires})
}

// createPersonal makes a token for its user: the actor, or a service account.
func (c *Control) createPersonal(ctx context.Context, actor access.Principal, t store.PersonalToken) (store.PersonalToken, string, error) {
	if len(t.Description) > maxDescription {
		return t, "", fault.Field("/body/description", "description must not be longer than %d bytes", maxDescription)
	}
	secret, err := token.Generate(token.Personal, token.Scope{}, c.Random)
	if err != nil {
		return t, "", err
	}
	t.Digest, t.Hint = token.DigestOf(secret), token.Hint(secret)
	t, err = update(ctx, c, func(tx *store.Tx) (store.PersonalToken, error) {
		t.CreatedAt = tx.Now()
		if t.ExpiresAt != nil && !t.ExpiresAt.After(tx.Now()) {
			return t, fault.Field("/body/expiresAt", "expiresAt must lie in the future")
		}
		var err error
		if t.ExpiresAt, err = underPolicy(ctx, tx, token.Personal, t.ExpiresAt); err != nil {
			return t, err
		}
		return insertPersonal(ctx, tx, actor, t)
	})
	return t, secret, err
}

func insertPersonal(ctx context.Context, tx *store.Tx, actor access.Principal, t store.PersonalToken) (store.PersonalToken, error) {
	owner, err := tx.User(ctx, t.UserID)
	if err != nil {
		return t, err
	}
	own, err := tx.PersonalTokensOf(ctx, t.UserID)
	if err != nil {
		return t, err
	}
	if len(own) >= MaxPersonalTokens {
		return t, &fault.Error{
			Kind: fault.Forbidden, Code: "OperationDeniedError",
			Message: owner.Label() + " has " + strconv.Itoa(len(own)) + " personal access tokens, which is the limit: delete one first",
		}
	}
	if t, err = tx.InsertPersonalToken(ctx, t); err != nil {
		return t, taken(err, "%s has a personal access token with the description %q already", owner.Label(), t.Description)
	}
	return t, personalChanged(ctx, tx, actor, personalEvents(owner).created, t)
}

func personalEvents(owner store.User) lifeEvents {
	if owner.Service {
		return lifeEvents{
			created: "service-account-token-created", deleted: "service-account-token-deleted",
			disabled: "service-account-token-disabled", enabled: "service-account-token-enabled",
		}
	}
	return lifeEvents{created: eventPATCreated, deleted: eventPATDeleted, disabled: eventPATDisabled, enabled: eventPATEnabled}
}

// DeletePersonalToken deletes one of the actor's own tokens. When it returns,
// the token opens nothing. Tokens of others do not exist for the actor.
func (c *Control) DeletePersonalToken(ctx context.Context, actor access.Principal, id int64) error {
	if err := needPerson(actor); err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		t, err := ownPersonalToken(ctx, tx, actor, id)
		if err != nil {
			return err
		}
		if err := tx.DeletePersonalToken(ctx, id); err != nil {
			return err
		}
		return personalChanged(ctx, tx, actor, eventPATDeleted, t)
	})
}

// needPerson returns a Forbidden error for an actor that is nobody's account.
func needPerson(actor access.Principal) error {
	if actor.Person() {
		return nil
	}
	return &fault.Error{
		Kind: fault.Forbidden, Code: "ForbiddenError",
		Message: "this is for people: sign in, or send a personal access token; an admin token has no account of its own",
	}
}

func personalChanged(ctx context.Context, tx *store.Tx, actor access.Principal, event string, t store.PersonalToken) error {
	data := struct {
		ID          int64      `json:"id"`
		Description string     `json:"description"`
		ExpiresAt   *time.Time `json:"expiresAt"`
		UserID      int64      `json:"userId"`
		Secure      bool       `json:"secure"`
		Disabled    bool       `json:"disabled,omitempty"`
	}{t.ID, t.Description, t.ExpiresAt, t.UserID, true, t.DisabledAt != nil}
	if err := tx.Record(ctx, actor, store.Event{Type: event}, nil, data); err != nil {
		return err
	}
	return tx.Touch(ctx, store.NounPersonalToken, strconv.FormatInt(t.ID, 10))
}
