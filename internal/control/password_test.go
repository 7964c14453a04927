package control_test

import (
	"strings"
	"testing"

	"golang.org/x/crypto/bcrypt"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
)

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	for password, broken := range map[string]string{
		"Correct-H0rse!":                "",
		"correct horse battery staple":  "", // long passphrases need nothing else
		"Abcdefg1!":                     "at least 10",
		"":                              "at least 10",
		"abcdefgh1!":                    "upper-case",
		"ABCDEFGH1!":                    "lower-case",
		"Abcdefghi!":                    "digit",
		"Abcdefghi1":                    "neither letter nor digit",
		"Abcdefg111!":                   "same character",
		"correct horse batttery staple": "same character",
		strings.Repeat("aB3!", 40):      "more than 128",
		"Ünïcödé-pässw0rd":              "",
		"\xff\xfeAbcdefgh1!":            "UTF-8",
	} {
		err := control.CheckPassword("/body/password", password)
		if broken == "" {
			if err != nil {
				t.Errorf("%q: %v", password, err)
			}
			continue
		}
		known := fault.As(err)
		if known == nil || known.Kind != fault.Invalid {
			t.Errorf("%q: %v, want an error about %q", password, err, broken)
			continue
		}
		found := false
		for _, d := range known.Details {
			found = found || strings.Contains(d.Message, broken) && d.Path == "/body/password"
		}
		if !found {
			t.Errorf("%q: %v, want %q", password, known.Details, broken)
		}
	}
}

// An imported bcrypt hash verifies and is replaced at the first sign-in.
func TestImportedHashIsUpgraded(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c := newControl(t)
	hash, err := bcrypt.GenerateFromPassword([]byte("imported"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	var id int64
	if err := c.DB.Update(ctx, func(tx *store.Tx) error {
		u, err := tx.InsertUser(ctx, store.User{Username: "old", PasswordHash: string(hash), RootRole: access.ViewerRole})
		id = u.ID
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.SignIn(ctx, control.SignIn{Login: "old", Password: "wrong"}); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a wrong password: %v", err)
	}
	for range 2 {
		if _, err := c.SignIn(ctx, control.SignIn{Login: "old", Password: "imported"}); err != nil {
			t.Errorf("the right password: %v", err)
		}
		u, err := c.User(ctx, id)
		if err != nil || !strings.HasPrefix(u.PasswordHash, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("the hash is %q, %v", u.PasswordHash, err)
		}
	}
}

// A hash that nobody can read lets nobody in.
func TestUnreadableHashes(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c := newControl(t)
	for _, hash := range []string{
		"plain", "$argon2id$", "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
		"$argon2id$v=19$m=4000000,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA", "$argon2id$v=19$m=19456,t=0,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA",
		"$argon2id$v=19$m=19456,t=2,p=0$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA", "$2a$10$short",
	} {
		if err := c.DB.Update(ctx, func(tx *store.Tx) error {
			u, err := tx.InsertUser(ctx, store.User{Username: hash, PasswordHash: hash, RootRole: access.ViewerRole})
			if err != nil {
				return err
			}
			return tx.SetPasswordHash(ctx, u.ID, hash)
		}); err != nil {
			t.Fatal(err)
		}
		for _, password := range []string{"", "plain", hash} {
			if _, err := c.SignIn(ctx, control.SignIn{Login: hash, Password: password}); !fault.Is(err, fault.Unauthenticated) {
				t.Errorf("hash %q, password %q: %v", hash, password, err)
			}
		}
	}
}
