package control

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"

	"github.com/burgeehq/burgee/internal/fault"
)

// The cost of a password's hash: argon2id with the least parameters that OWASP
// recommends, 19 MiB and two passes.
const (
	argonMemory  = 19 * 1024 // KiB
	argonPasses  = 2
	argonThreads = 1
	argonSalt    = 16
	argonKey     = 32
	// hashSlots bounds how many hashes are computed at once, and so the memory
	// that a flood of sign-ins takes.
	hashSlots = 2
)

// Limits of passwords, in characters.
const (
	minPassword   = 10
	minPassphrase = 20  // from here on, length is enough
	maxPassword   = 128 // hashing longer ones helps nobody but an attacker
	maxRepeat     = 2   // equal characters in a row
)

// nobodyHash is verified when there is no such user, so that the answer takes
// as long as for one that exists. No password is known that fits it.
const nobodyHash = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGhhcyB0aGlzIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// passwords computes hashes, a few at a time. Its zero value is ready.
type passwords struct {
	once  sync.Once
	slots chan struct{}
}

// enter waits for a free slot and returns the function that frees it.
func (p *passwords) enter(ctx context.Context) (func(), error) {
	p.once.Do(func() { p.slots = make(chan struct{}, hashSlots) })
	select {
	case p.slots <- struct{}{}:
		return func() { <-p.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// hashNew returns the hash of a password that somebody chose, or an Invalid
// error about /body/password when it is too easy to guess.
func (c *Control) hashNew(ctx context.Context, password string) (string, error) {
	if err := CheckPassword("/body/password", password); err != nil {
		return "", err
	}
	return c.passwords.hash(ctx, c.Random, password)
}

// hash returns the PHC string of a password with a new salt.
func (p *passwords) hash(ctx context.Context, random io.Reader, password string) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := io.ReadFull(random, salt); err != nil {
		return "", fmt.Errorf("reading random bytes: %w", err)
	}
	leave, err := p.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	key := argon2.IDKey([]byte(password), salt, argonPasses, argonMemory, argonThreads, argonKey)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// verify reports whether a password fits a stored hash, and whether that hash
// should be replaced by a new one of the password. An empty or unreadable hash
// fits nothing, and takes as long.
func (p *passwords) verify(ctx context.Context, stored, password string) (fits, outdated bool, err error) {
	leave, err := p.enter(ctx)
	if err != nil {
		return false, false, err
	}
	defer leave()
	if isBcrypt(stored) {
		return bcrypt.CompareHashAndPassword([]byte(stored), []byte(password)) == nil, true, nil
	}
	h, known := parseArgon(stored)
	if !known {
		h, _ = parseArgon(nobodyHash)
	}
	key := argon2.IDKey([]byte(password), h.salt, h.passes, h.memory, h.threads, uint32(len(h.key)))
	fits = known && subtle.ConstantTimeCompare(key, h.key) == 1
	return fits, h.memory != argonMemory || h.passes != argonPasses || h.threads != argonThreads, nil
}

func isBcrypt(stored string) bool {
	return strings.HasPrefix(stored, "$2a$") || strings.HasPrefix(stored, "$2b$") || strings.HasPrefix(stored, "$2y$")
}

// argonHash is a PHC string, read.
type argonHash struct {
	memory, passes uint32
	threads        uint8
	salt, key      []byte
}

// parseArgon reads a PHC string of argon2id. It refuses parameters that would
// cost far more than ours.
func parseArgon(stored string) (argonHash, bool) {
	parts := strings.Split(stored, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" {
		return argonHash{}, false
	}
	var version int
	if n, err := fmt.Sscanf(parts[2], "v=%d", &version); n != 1 || err != nil || version != argon2.Version {
		return argonHash{}, false
	}
	var h argonHash
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.threads); n != 3 || err != nil {
		return argonHash{}, false
	}
	var err error
	if h.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return argonHash{}, false
	}
	if h.key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
		return argonHash{}, false
	}
	sane := h.memory <= 8*argonMemory && h.passes >= 1 && h.passes <= 10 && h.threads >= 1 && len(h.key) >= 16 && len(h.key) <= 64
	return h, sane
}

// CheckPassword reports the rules that a new password breaks: at least ten
// characters with an upper-case and a lower-case letter, a digit and another
// character; from twenty characters on, length is enough. No character three
// times in a row.
func CheckPassword(path, password string) error {
	var details []fault.Detail
	rule := func(broken bool, format string, args ...any) {
		if broken {
			details = append(details, fault.Detail{Path: path, Message: "password " + fmt.Sprintf(format, args...)})
		}
	}
	length := utf8.RuneCountInString(password)
	rule(!utf8.ValidString(password), "must be valid UTF-8")
	rule(length < minPassword, "must have at least %d characters", minPassword)
	rule(length > maxPassword, "must not have more than %d characters", maxPassword)
	rule(repeats(password), "must not have the same character more than %d times in a row", maxRepeat)
	if length < minPassphrase {
		rule(!strings.ContainsFunc(password, unicode.IsLower), "must have a lower-case letter")
		rule(!strings.ContainsFunc(password, unicode.IsUpper), "must have an upper-case letter")
		rule(!strings.ContainsFunc(password, unicode.IsDigit), "must have a digit")
		rule(!strings.ContainsFunc(password, isSpecial), "must have a character that is neither letter nor digit")
	}
	if len(details) == 0 {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Code: "OwaspValidationError", Message: "the password is too weak: " + details[0].Message, Details: details}
}

func isSpecial(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

func repeats(password string) bool {
	run, last := 0, rune(-1)
	for _, r := range password {
		if r != last {
			run, last = 0, r
		}
		if run++; run > maxRepeat {
			return true
		}
	}
	return false
}

// newPassword returns a random password for a person to type once: five groups
// of four characters that are hard to confuse, 100 bits. It keeps to the rules
// of CheckPassword.
func newPassword(random io.Reader) (string, error) {
	const attempts = 100 // one in some hundred has the same character too often in a row
	for range attempts {
		password, err := randomPassword(random)
		if err != nil || CheckPassword("", password) == nil {
			return password, err
		}
	}
	return "", errors.New("the source of random bytes repeats itself")
}

func randomPassword(random io.Reader) (string, error) {
	const alphabet = "abcdefghijkmnpqrstuvwxyz23456789" // 32: each byte's low five bits are unbiased
	var b [20]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("reading random bytes: %w", err)
	}
	var text strings.Builder
	for i, x := range b {
		if i > 0 && i%4 == 0 {
			text.WriteByte('-')
		}
		text.WriteByte(alphabet[x&31])
	}
	return text.String(), nil
}
