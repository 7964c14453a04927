package token

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"slices"
	"strings"
)

const (
	personalPrefix = "user:"
	adminPrefix    = "*:*"
	shortestHead   = len("*:*.")
	randomBytes    = 28 // 224 bits
	randomHex      = 2 * randomBytes
	checksumHex    = 8
	// GeneratedHex is the length of the hexadecimal part of a generated
	// secret: random digits and checksum.
	GeneratedHex = randomHex + checksumHex
	// MaxSecret is the longest secret that is accepted, in bytes.
	MaxSecret = 1024
)

// Scope is what a token may see. A token that has neither AllProjects nor
// Projects sees nothing.
type Scope struct {
	AllProjects bool     // all projects, now and later
	Projects    []string // ids; ignored when AllProjects
	Environment string   // "*" for an admin token, empty for a personal one
}

// Allows reports whether the scope covers the project. It does not allocate.
func (s Scope) Allows(project string) bool {
	return s.AllProjects || slices.Contains(s.Projects, project)
}

// prefix is the readable head of a generated secret, up to and with the
// separator before the digits.
func (s Scope) prefix(kind Kind) string {
	if kind == Personal {
		return personalPrefix
	}
	projects := "[]"
	switch {
	case s.AllProjects:
		projects = "*"
	case len(s.Projects) == 1:
		projects = s.Projects[0]
	}
	return projects + ":" + s.Environment + "."
}

// Generate returns a new secret: the scope's prefix, 56 hexadecimal digits
// read from random, and 8 of checksum over all that precedes them. It fails
// only when random does.
func Generate(kind Kind, scope Scope, random io.Reader) (string, error) {
	var bytes [randomBytes]byte
	if _, err := io.ReadFull(random, bytes[:]); err != nil {
		return "", fmt.Errorf("reading randomness for a secret: %w", err)
	}
	head := scope.prefix(kind) + hex.EncodeToString(bytes[:])
	return head + checksum(head), nil
}

func checksum(head string) string {
	return fmt.Sprintf("%08x", crc32.ChecksumIEEE([]byte(head)))
}

// Generated reports whether the secret has the shape and the checksum of one
// that [Generate] made: a typo or a foreign secret has not.
func Generated(secret string) bool {
	digits := len(secret) - GeneratedHex
	if digits < shortestHead || !isHex(secret[digits:]) {
		return false
	}
	head, sum := secret[:len(secret)-checksumHex], secret[len(secret)-checksumHex:]
	return subtle.ConstantTimeCompare([]byte(checksum(head)), []byte(sum)) == 1
}

func isHex(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return s != ""
}

// Parsed is what the text of a secret says. It is for messages and for the
// INIT_*_API_TOKENS variables, never for authorising.
type Parsed struct {
	Project     string // a project id, "*", "[]", or empty for a bare secret
	Environment string // empty for a bare or personal secret
	Rest        string // what follows the full stop; the whole of a bare secret
}

// Parse splits a secret at its first colon and, after it, its first full stop.
// A secret without a colon is bare (version 1, or chosen by an operator). It
// fails on an empty or overlong secret, on control characters and white space,
// and on a colon without project, environment or rest around it.
func Parse(secret string) (Parsed, error) {
	if err := Check(secret); err != nil {
		return Parsed{}, err
	}
	project, tail, found := strings.Cut(secret, ":")
	if !found {
		return Parsed{Rest: secret}, nil
	}
	if project == "user" {
		return Parsed{Project: project, Rest: tail}, nil
	}
	environment, rest, found := strings.Cut(tail, ".")
	switch {
	case project == "":
		return Parsed{}, fmt.Errorf("the part before the colon is empty: expected project:environment.secret")
	case !found:
		return Parsed{}, fmt.Errorf("no full stop after the environment: expected project:environment.secret")
	case environment == "":
		return Parsed{}, fmt.Errorf("the environment between colon and full stop is empty: expected project:environment.secret")
	case rest == "":
		return Parsed{}, fmt.Errorf("nothing follows the full stop: expected project:environment.secret")
	}
	return Parsed{Project: project, Environment: environment, Rest: rest}, nil
}

// Check reports what makes a text unusable as a secret: emptiness, more than
// [MaxSecret] bytes, white space or control characters, which no HTTP header
// carries faithfully.
func Check(secret string) error {
	if secret == "" {
		return fmt.Errorf("the secret is empty")
	}
	if len(secret) > MaxSecret {
		return fmt.Errorf("the secret is longer than %d bytes", MaxSecret)
	}
	for _, r := range secret {
		if r <= ' ' || r == 0x7f {
			return fmt.Errorf("the secret contains white space or a control character")
		}
	}
	return nil
}

// Apparent returns the kind that a secret's head announces: Personal for
// "user:", Admin for "*:*", and no kind for all others. The client and
// front-end APIs refuse the first two without a look-up.
func Apparent(secret string) Kind {
	switch {
	case strings.HasPrefix(secret, personalPrefix):
		return Personal
	case strings.HasPrefix(secret, adminPrefix):
		return Admin
	default:
		return 0
	}
}

// FromHeader returns the secret in an Authorization header: surrounding spaces
// are dropped and so is a leading "Bearer " in any case; no other scheme is
// known. Empty means no credential.
func FromHeader(header string) string {
	header = strings.TrimSpace(header)
	const scheme = "bearer "
	if strings.EqualFold(header, scheme[:len(scheme)-1]) {
		return "" // net/http has trimmed the space
	}
	if len(header) >= len(scheme) && strings.EqualFold(header[:len(scheme)], scheme) {
		return strings.TrimSpace(header[len(scheme):])
	}
	return header
}

// Hint returns what lists show of a secret: its readable prefix and its last
// four characters, as in "default:development.…9f3c". Secrets too short to
// hide show no characters at all.
func Hint(secret string) string {
	head := ""
	if strings.HasPrefix(secret, personalPrefix) {
		head = personalPrefix
	} else if parsed, err := Parse(secret); err == nil && parsed.Project != "" {
		head = parsed.Project + ":" + parsed.Environment + "."
	}
	tail := []rune(secret[len(head):])
	if len(tail) < 16 {
		return head + "…"
	}
	return head + "…" + string(tail[len(tail)-4:])
}

// Digest is SHA-256 over the whole text of a secret. It is the same verifier
// as in the newer token table of Unleash, so its rows import as they are.
type Digest [sha256.Size]byte

// DigestOf returns the digest of a secret.
func DigestOf(secret string) Digest { return sha256.Sum256([]byte(secret)) }

// DigestOfBytes is [DigestOf] for a secret in a buffer that the caller owns. It
// does not allocate.
func DigestOfBytes(secret []byte) Digest { return sha256.Sum256(secret) }

// String returns the digest in base64url without padding, 43 characters.
func (d Digest) String() string { return base64.RawURLEncoding.EncodeToString(d[:]) }

// ParseDigest reads what [Digest.String] writes.
func ParseDigest(text string) (Digest, error) {
	var d Digest
	bytes, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(bytes) != len(d) {
		return d, fmt.Errorf("a digest is %d characters of base64url", base64.RawURLEncoding.EncodedLen(len(d)))
	}
	copy(d[:], bytes)
	return d, nil
}
