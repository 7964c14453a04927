package control

import (
	"context"
	"log/slog"
	"net/url"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

const (
	// ResetLife is how long a link to set a new password is good for.
	ResetLife = 24 * time.Hour
	// InviteLife is how long the link in an invitation is good for.
	InviteLife = 7 * 24 * time.Hour

	resetPause = time.Minute // between two links that one person asks for

	eventResetRequested = "reset-password-link-created"
)

// The pages of the UI that links lead to.
const (
	resetPage = "/reset-password"
	newPage   = "/new-user"
)

// Mail is an e-mail to one person.
type Mail struct {
	To, Subject, Text string
}

// Post hands work to whoever sends e-mail: it composes one and says whether to
// send it. It does not wait, and reports false when the queue is full.
type Post func(compose func(context.Context) (Mail, bool, error)) bool

// link is the address of a page of the UI with a secret in it.
func (c *Control) link(page, parameter, secret string) string {
	return c.URL + page + "?" + parameter + "=" + url.QueryEscape(secret)
}

// newPasswordLink makes the one link with which a user can set a password, and
// returns its secret.
func (c *Control) newPasswordLink(ctx context.Context, tx *store.Tx, actor access.Principal, u store.User, life time.Duration) (string, error) {
	secret, err := newSession(c.Random)
	if err != nil {
		return "", err
	}
	return secret, tx.InsertPasswordLink(ctx, store.PasswordLink{
		Digest: token.DigestOf(secret), UserID: u.ID, CreatedBy: actor.DisplayName(), CreatedAt: tx.Now(), ExpiresAt: tx.Now().Add(life),
	})
}

// Invitation is how a new user sets a first password.
type Invitation struct {
	User   store.User
	Link   string // empty when the user has a password
	Mailed bool   // the link is on its way by e-mail
}

// InviteUser makes an account. Without a password, the user gets a link to set
// one, which is good for a week: by e-mail when that is asked for and can be
// sent, and for the actor to pass on.
func (c *Control) InviteUser(ctx context.Context, actor access.Principal, u store.User, password string, mail bool) (Invitation, error) {
	made, err := c.CreateUser(ctx, actor, u, password)
	if err != nil || password != "" {
		return Invitation{User: made}, err
	}
	secret, err := update(ctx, c, func(tx *store.Tx) (string, error) { return c.newPasswordLink(ctx, tx, actor, made, InviteLife) })
	if err != nil {
		return Invitation{User: made}, err
	}
	i := Invitation{User: made, Link: c.link(newPage, "token", secret)}
	if mail && made.Email != "" {
		i.Mailed = c.post(Mail{
			To: made.Email, Subject: "You are invited to Burgee",
			Text: "Hello,\n\n" + actor.DisplayName() + " has made an account for you on Burgee, the feature flag server at " + c.URL +
				".\n\nOpen this link within seven days to choose a password:\n\n" + i.Link +
				"\n\nIt works once. If you did not expect this message, ignore it.\n",
		})
	}
	return i, nil
}

// post sends an e-mail that is ready; false when none can be sent.
func (c *Control) post(m Mail) bool {
	return c.Post != nil && c.Post(func(context.Context) (Mail, bool, error) { return m, true, nil })
}

// ResetLink makes a link with which a user can set a new password within a
// day, for the actor to pass on. The old password goes on working until then.
func (c *Control) ResetLink(ctx context.Context, actor access.Principal, id int64) (string, error) {
	if err := require(actor, "", "", access.AdminAll); err != nil {
		return "", err
	}
	return update(ctx, c, func(tx *store.Tx) (string, error) {
		u, err := findAccount(ctx, tx, id, false)
		if err != nil {
			return "", err
		}
		secret, err := c.newPasswordLink(ctx, tx, actor, u, ResetLife)
		if err != nil {
			return "", err
		}
		return c.link(resetPage, "token", secret), tx.Record(ctx, actor, store.Event{Type: eventResetRequested}, nil, userData(&u))
	})
}

// RequestReset mails a link to set a new password to the person of an address,
// if there is one. It does nothing else before it returns, so that neither its
// answer nor its time says who has an account.
func (c *Control) RequestReset(ctx context.Context, address string) {
	if c.Post == nil {
		return
	}
	if !c.Post(func(ctx context.Context) (Mail, bool, error) { return c.composeReset(ctx, address) }) {
		slog.WarnContext(ctx, "too many e-mails wait to be sent: a request for a new password was dropped")
	}
}

func (c *Control) composeReset(ctx context.Context, address string) (Mail, bool, error) {
	var to string
	secret, err := update(ctx, c, func(tx *store.Tx) (string, error) {
		u, err := tx.UserByLogin(ctx, address)
		if err != nil || u.Service || u.Email == "" || u.DisabledAt != nil {
			return "", unlessMissing(err)
		}
		links, err := tx.PasswordLinksOf(ctx, u.ID)
		if err != nil || (len(links) > 0 && tx.Now().Sub(links[0].CreatedAt) < resetPause) {
			return "", err
		}
		to = u.Email
		self := access.Principal{UserID: u.ID, Username: u.Username, Email: u.Email, Name: u.Name}
		secret, err := c.newPasswordLink(ctx, tx, self, u, ResetLife)
		if err != nil {
			return "", err
		}
		return secret, tx.Record(ctx, self, store.Event{Type: eventResetRequested}, nil, userData(&u))
	})
	return Mail{
		To: to, Subject: "Choose a new password for Burgee",
		Text: "Hello,\n\nsomebody, probably you, asked for a new password for your account on Burgee at " + c.URL +
			".\n\nOpen this link within 24 hours to choose one:\n\n" + c.link(resetPage, "token", secret) +
			"\n\nIt works once. If it was not you, ignore this message: your password stays as it is.\n",
	}, secret != "", err
}

// LinkedUser is whose password a link sets.
type LinkedUser struct {
	User      store.User
	Role      access.Role
	CreatedBy string
}

// PasswordLink returns whose password a link sets, or an Unauthenticated error.
func (c *Control) PasswordLink(ctx context.Context, secret string) (LinkedUser, error) {
	return view(ctx, c, func(tx *store.Tx) (LinkedUser, error) {
		l, u, err := usePasswordLink(ctx, tx, secret)
		if err != nil {
			return LinkedUser{}, err
		}
		role, err := findRole(ctx, tx, u.RootRole)
		return LinkedUser{User: u, Role: role, CreatedBy: l.CreatedBy}, err
	})
}

func usePasswordLink(ctx context.Context, tx *store.Tx, secret string) (store.PasswordLink, store.User, error) {
	l, err := tx.PasswordLink(ctx, token.DigestOf(secret))
	if err != nil {
		return l, store.User{}, badLink(err)
	}
	u, err := findAccount(ctx, tx, l.UserID, false)
	if err == nil && u.DisabledAt != nil {
		err = fault.New(fault.NotFound, "the user is disabled")
	}
	return l, u, badLink(err)
}

func badLink(err error) error {
	if fault.Is(err, fault.NotFound) {
		return &fault.Error{
			Kind: fault.Unauthenticated, Code: "InvalidTokenError",
			Message: "the link is not known, or it has been used or has expired: ask for a new one",
		}
	}
	return err
}

// SetPasswordByLink sets the password of a link's user, once. It ends all
// sessions of the user, and the link.
func (c *Control) SetPasswordByLink(ctx context.Context, secret, password, address string) error {
	if _, err := c.PasswordLink(ctx, secret); err != nil {
		return err // before the expensive part
	}
	hash, err := c.hashNew(ctx, password)
	if err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		_, u, err := usePasswordLink(ctx, tx, secret)
		if err != nil {
			return err
		}
		self := access.Principal{UserID: u.ID, Username: u.Username, Email: u.Email, Name: u.Name, Address: address}
		return setPassword(ctx, tx, self, u, hash)
	})
}
