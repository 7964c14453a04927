package control

import (
	"context"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

// The types of events about people.
const (
	eventUserCreated = "user-created"
	eventUserUpdated = "user-updated"
	eventUserDeleted = "user-deleted"
)

// lifeEvents are the types of events about one kind of account, or of token.
type lifeEvents struct{ created, updated, deleted, disabled, enabled string }

func accountEvents(u store.User) lifeEvents {
	if u.Service {
		return lifeEvents{
			"service-account-created", "service-account-updated", "service-account-deleted",
			"service-account-disabled", "service-account-enabled",
		}
	}
	return lifeEvents{eventUserCreated, eventUserUpdated, eventUserDeleted, "user-disabled", "user-enabled"}
}

// maxUserText bounds each name of a user, in bytes.
const maxUserText = 255

// Account is a user as answers show one: everything but the password.
type Account struct {
	ID          int64         `json:"id"`
	Name        string        `json:"name,omitempty"`
	Username    string        `json:"username,omitempty"`
	Email       string        `json:"email,omitempty"`
	ImageURL    string        `json:"imageUrl,omitempty"`
	RootRole    access.RoleID `json:"rootRole,omitempty" doc:"Id of the root role"`
	SeenAt      *time.Time    `json:"seenAt" nullable:"true" doc:"The last sign-in"`
	CreatedAt   *time.Time    `json:"createdAt,omitempty"`
	AccountType string        `json:"accountType,omitempty" enum:"User,Service Account"`
	InviteLink  string        `json:"inviteLink,omitempty" doc:"Where a new user chooses a password; in the answer to the creation only"`
	DisabledAt  *time.Time    `json:"disabledAt,omitempty" doc:"Since when nothing of the user opens anything; with ?details=true"`
	EmailSent   bool          `json:"emailSent" doc:"The link is on its way by e-mail"`
	Permissions []string      `json:"permissions,omitempty" doc:"Of an API token only"`
}

// Lasting leaves out what changes without anybody's doing, and what is shown in
// some answers only: the rest is what a version of an account is.
func (a Account) Lasting() any {
	a.SeenAt, a.DisabledAt, a.InviteLink, a.EmailSent, a.Permissions = nil, nil, "", false, nil
	return a
}

// AccountOf returns what answers show of a user.
func AccountOf(u store.User) Account {
	kind := "User"
	if u.Service {
		kind = "Service Account"
	}
	return Account{
		ID: u.ID, Name: u.Name, Username: u.Username, Email: u.Email, ImageURL: u.ImageURL, RootRole: u.RootRole,
		SeenAt: u.SeenAt, CreatedAt: &u.CreatedAt, AccountType: kind,
	}
}

// Users returns all people, without service accounts, in the order of their
// ids.
func (c *Control) Users(ctx context.Context) ([]store.User, error) {
	users, err := c.Accounts(ctx)
	return slices.DeleteFunc(users, func(u store.User) bool { return u.Service }), err
}

// Accounts returns all people and service accounts, in the order of their ids.
func (c *Control) Accounts(ctx context.Context) ([]store.User, error) {
	return view(ctx, c, func(tx *store.Tx) ([]store.User, error) { return tx.Users(ctx) })
}

// User returns one person, or a NotFound error.
func (c *Control) User(ctx context.Context, id int64) (store.User, error) {
	return view(ctx, c, func(tx *store.Tx) (store.User, error) { return findAccount(ctx, tx, id, false) })
}

// Account returns one person or service account, or a NotFound error.
func (c *Control) Account(ctx context.Context, id int64) (store.User, error) {
	return view(ctx, c, func(tx *store.Tx) (store.User, error) { return tx.User(ctx, id) })
}

// findAccount returns a person, or a service account, or a NotFound error.
func findAccount(ctx context.Context, tx *store.Tx, id int64, service bool) (store.User, error) {
	u, err := tx.User(ctx, id)
	if err == nil && u.Service != service {
		err = fault.New(fault.NotFound, "there is no user %d", id)
		if service {
			err = fault.New(fault.NotFound, "there is no service account %d", id)
		}
	}
	return u, err
}

// SearchUsers returns the users whose name, username or e-mail contains a
// text, in any case. Fewer than two characters find nobody.
func (c *Control) SearchUsers(ctx context.Context, text string) ([]store.User, error) {
	found := []store.User{}
	if len(text) < 2 {
		return found, nil
	}
	all, err := c.Users(ctx)
	for _, u := range all {
		for _, part := range []string{u.Name, u.Username, u.Email} {
			if strings.Contains(strings.ToLower(part), strings.ToLower(text)) {
				found = append(found, u)
				break
			}
		}
	}
	return found, err
}

// CreateUser makes an account. Without a password it cannot sign in until it
// gets one.
func (c *Control) CreateUser(ctx context.Context, actor access.Principal, u store.User, password string) (store.User, error) {
	if err := checkUser(u); err != nil {
		return u, err
	}
	if password != "" {
		hash, err := c.hashNew(ctx, password)
		if err != nil {
			return u, err
		}
		u.PasswordHash = hash
	}
	return update(ctx, c, func(tx *store.Tx) (store.User, error) { return insertAccount(ctx, tx, actor, u) })
}

// insertAccount stores a new person or service account.
func insertAccount(ctx context.Context, tx *store.Tx, actor access.Principal, u store.User) (store.User, error) {
	u.CreatedAt = tx.Now()
	if _, err := roleToGive(ctx, tx, "/body/rootRole", u.RootRole, true); err != nil {
		return u, err
	}
	if err := freeLogin(ctx, tx, u); err != nil {
		return u, err
	}
	made, err := tx.InsertUser(ctx, u)
	if err != nil {
		return u, taken(err, "a user with this username or e-mail exists already")
	}
	return made, userChanged(ctx, tx, actor, changed[store.User]{event: accountEvents(made).created, after: &made})
}

// UserChange is what may change of a user; nil leaves a part alone.
type UserChange struct {
	Name  *string
	Email *string
	Role  *access.RoleID
	// Disabled ends the user's sessions and lets neither the password nor a
	// personal token open anything until it is lifted.
	Disabled *bool
}

// UpdateUser changes a user. A new role counts from the next request on, in
// sessions and personal tokens that exist. The last administrator stays one.
func (c *Control) UpdateUser(ctx context.Context, actor access.Principal, id int64, change UserChange) (store.User, error) {
	return update(ctx, c, func(tx *store.Tx) (store.User, error) {
		before, err := findAccount(ctx, tx, id, false)
		if err != nil {
			return before, err
		}
		return changeAccount(ctx, tx, actor, before, change)
	})
}

// changeAccount changes a person or a service account.
func changeAccount(ctx context.Context, tx *store.Tx, actor access.Principal, before store.User, change UserChange) (store.User, error) {
	after := before
	if change.Name != nil {
		after.Name = *change.Name
	}
	if change.Email != nil {
		after.Email = *change.Email
	}
	if change.Role != nil {
		after.RootRole = *change.Role
	}
	if err := checkUser(after); err != nil {
		return before, err
	}
	if _, err := roleToGive(ctx, tx, "/body/rootRole", after.RootRole, true); err != nil {
		return before, err
	}
	if after.RootRole != access.AdminRole {
		if err := notLastAdmin(ctx, tx, before, "/body/rootRole"); err != nil {
			return before, err
		}
	}
	if err := freeLogin(ctx, tx, after); err != nil {
		return before, err
	}
	return saveAccount(ctx, tx, actor, accountChange{before: before, after: after, UserChange: change})
}

// accountChange is an account before a change and after all of it but whether
// the account is disabled.
type accountChange struct {
	UserChange
	before, after store.User
}

// saveAccount stores a change of an account with its events.
func saveAccount(ctx context.Context, tx *store.Tx, actor access.Principal, c accountChange) (store.User, error) {
	events, toggled := accountEvents(c.after), c.after
	event := events.enabled
	var toggles bool
	if toggled.DisabledAt, toggles = toggle(tx.Now(), c.after.DisabledAt, c.Disabled); toggles && *c.Disabled {
		event = events.disabled
		if err := disableAccount(ctx, tx, actor, c.after); err != nil {
			return c.before, err
		}
	}
	if err := tx.UpdateUser(ctx, toggled); err != nil {
		return c.before, taken(err, "a user with this e-mail exists already")
	}
	if c.UserChange != (UserChange{Disabled: c.Disabled}) {
		if err := userChanged(ctx, tx, actor, changed[store.User]{event: events.updated, before: &c.before, after: &c.after}); err != nil {
			return c.before, err
		}
	}
	if !toggles {
		return toggled, nil
	}
	return toggled, userChanged(ctx, tx, actor, changed[store.User]{event: event, before: &c.after, after: &toggled})
}

// DeleteUser deletes an account. When it returns, its sessions and personal
// tokens open nothing. The last administrator cannot be deleted.
func (c *Control) DeleteUser(ctx context.Context, actor access.Principal, id int64) error {
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		u, err := findAccount(ctx, tx, id, false)
		if err != nil {
			return err
		}
		return deleteAccount(ctx, tx, actor, u)
	})
}

// deleteAccount deletes a person or a service account.
func deleteAccount(ctx context.Context, tx *store.Tx, actor access.Principal, u store.User) error {
	if err := notLastAdmin(ctx, tx, u, "/params/id"); err != nil {
		return err
	}
	if err := tx.DeleteUser(ctx, u.ID); err != nil {
		return err
	}
	return userChanged(ctx, tx, actor, changed[store.User]{event: accountEvents(u).deleted, before: &u})
}

// SetPassword gives a user a new password and ends all their sessions.
func (c *Control) SetPassword(ctx context.Context, actor access.Principal, id int64, password string) error {
	hash, err := c.hashNew(ctx, password)
	if err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		u, err := findAccount(ctx, tx, id, false)
		if err != nil {
			return err
		}
		return setPassword(ctx, tx, actor, u, hash)
	})
}

// ChangeOwnPassword replaces the actor's password and ends the actor's other
// sessions. It needs the old password.
func (c *Control) ChangeOwnPassword(ctx context.Context, actor access.Principal, old, password string) error {
	if err := needPerson(actor); err != nil {
		return err
	}
	u, err := c.User(ctx, actor.UserID)
	if err != nil {
		return err
	}
	fits, _, err := c.passwords.verify(ctx, u.PasswordHash, old)
	if err != nil {
		return err
	}
	if !fits {
		return fault.Field("/body/oldPassword", "oldPassword is not your password")
	}
	hash, err := c.hashNew(ctx, password)
	if err != nil {
		return err
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		now, err := tx.User(ctx, u.ID)
		if err != nil {
			return err
		}
		if now.PasswordHash != u.PasswordHash {
			return fault.New(fault.Conflict, "the password was changed at the same moment")
		}
		return setPassword(ctx, tx, actor, now, hash)
	})
}

// setPassword stores a hash and ends the user's sessions but the one that the
// actor is using, and the links that set the password.
func setPassword(ctx context.Context, tx *store.Tx, actor access.Principal, u store.User, hash string) error {
	if err := tx.SetPasswordHash(ctx, u.ID, hash); err != nil {
		return err
	}
	keep := ""
	if actor.UserID == u.ID {
		keep = actor.SessionID
	}
	if err := tx.DeleteSessionsOf(ctx, u.ID, keep); err != nil {
		return err
	}
	if err := tx.DeletePasswordLinksOf(ctx, u.ID); err != nil {
		return err
	}
	return userChanged(ctx, tx, actor, changed[store.User]{event: eventUserUpdated, before: &u, after: &u})
}

func checkUser(u store.User) error {
	if u.Username == "" && u.Email == "" {
		return fault.Field("/body/username", "username or email must be given")
	}
	for field, value := range map[string]string{"username": u.Username, "email": u.Email, "name": u.Name} {
		if len(value) > maxUserText || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return fault.Field("/body/"+field, "%s must not be longer than %d bytes nor hold control characters", field, maxUserText)
		}
	}
	if u.Email != "" {
		if address, err := mail.ParseAddress(u.Email); err != nil || address.Address != u.Email {
			return fault.Field("/body/email", "email must be an e-mail address such as ada@example.org")
		}
	}
	return nil
}

// freeLogin makes sure that nobody else signs in by the same text: a username
// may not be another user's e-mail address either.
func freeLogin(ctx context.Context, tx *store.Tx, u store.User) error {
	for path, login := range map[string]string{"/body/username": u.Username, "/body/email": u.Email} {
		if login == "" {
			continue
		}
		other, err := tx.UserByLogin(ctx, login)
		if err == nil && other.ID != u.ID {
			return takenAt(path, "a user with this username or e-mail exists already")
		}
		if unlessMissing(err) != nil {
			return err
		}
	}
	return nil
}

func notLastAdmin(ctx context.Context, tx *store.Tx, u store.User, path string) error {
	if u.RootRole != access.AdminRole || u.Service || u.DisabledAt != nil {
		return nil
	}
	n, err := tx.CountUsersOfRole(ctx, access.AdminRole)
	if err == nil && n <= 1 {
		return fault.Field(path, "this is the last user with the role Admin who is not disabled: give the role to somebody else first")
	}
	return err
}

// userEvent is what the event log keeps of a user.
type userEvent struct {
	ID       int64         `json:"id"`
	Name     string        `json:"name,omitempty"`
	Username string        `json:"username,omitempty"`
	Email    string        `json:"email,omitempty"`
	RootRole access.RoleID `json:"rootRole"`
	Disabled bool          `json:"disabled,omitempty"`
}

func userChanged(ctx context.Context, tx *store.Tx, actor access.Principal, c changed[store.User]) error {
	if err := tx.Record(ctx, actor, store.Event{Type: c.event}, userData(c.before), userData(c.after)); err != nil {
		return err
	}
	return tx.Touch(ctx, store.NounUser, strconv.FormatInt(c.about().ID, 10))
}

func userData(u *store.User) any {
	if u == nil {
		return nil
	}
	return userEvent{ID: u.ID, Name: u.Name, Username: u.Username, Email: u.Email, RootRole: u.RootRole, Disabled: u.DisabledAt != nil}
}

// EnvironmentNames returns the names of all environments, in their order.
func (c *Control) EnvironmentNames(ctx context.Context) ([]feature.EnvironmentName, error) {
	return view(ctx, c, func(tx *store.Tx) ([]feature.EnvironmentName, error) {
		all, err := tx.Environments(ctx)
		names := make([]feature.EnvironmentName, len(all))
		for i, e := range all {
			names[i] = e.Name
		}
		return names, err
	})
}
