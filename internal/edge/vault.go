package edge

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/klauspost/compress/gzip"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// The names of what is kept.
const (
	nameFlags  = "flags"
	nameTokens = "tokens"
	nameUsage  = "usage"
)

// Shelf is where a [Vault] puts what it keeps: a folder, or Redis.
type Shelf interface {
	// Put keeps bytes under a name, all of them or what was there before.
	Put(ctx context.Context, name string, content []byte) error
	// Get returns what was put under a name last; nil when there is nothing.
	Get(ctx context.Context, name string) ([]byte, error)
	// Close lets go of the shelf.
	Close() error
}

// Vault keeps what an edge knows over a restart, encrypted so that only a
// process with one of the edge's tokens can read it, and so that a change is
// noticed. It is safe for concurrent use.
type Vault struct {
	shelf  Shelf
	tokens []string
	// instance names what is this edge's own among several on one shelf.
	instance string

	mu       sync.Mutex
	last     map[string]written // by name
	failures atomic.Int64
}

// written is what was put last under a name.
type written struct {
	hash [sha256.Size]byte
	at   time.Time
}

// rewriteAfter is how long something that has not changed is not written again:
// a shelf may lose it, as Redis does that restarts or is full.
const rewriteAfter = time.Minute

// NewVault returns a vault that any one of the tokens opens; there must be one.
func NewVault(shelf Shelf, tokens []string, instance string) (*Vault, error) {
	if len(tokens) == 0 {
		return nil, errors.New("what is kept is encrypted with tokens, and there is none")
	}
	return &Vault{shelf: shelf, tokens: tokens, instance: instance, last: map[string]written{}}, nil
}

const (
	vaultMagic = "burgee-edge-2"
	saltSize   = 16
	keySize    = 32
	vaultInfo  = "burgee edge: what is kept over a restart"
)

// seal encrypts with a new key, which is encrypted with each token.
func (v *Vault) seal(name string, content []byte) ([]byte, error) {
	random := make([]byte, saltSize+keySize)
	if _, err := rand.Read(random); err != nil {
		return nil, fmt.Errorf("making a key: %w", err)
	}
	salt, key := random[:saltSize], random[saltSize:]
	sealed := append([]byte(vaultMagic), salt...)
	sealed = append(sealed, byte(min(len(v.tokens), 255)))
	for _, secret := range v.tokens[:min(len(v.tokens), 255)] {
		slot, err := slotCipher(secret, salt)
		if err != nil {
			return nil, err
		}
		sealed = slot.Seal(sealed, nil, key, []byte(name)) //nolint:gosec // it makes a random nonce itself
	}
	body, err := newGCM(key)
	if err != nil {
		return nil, err
	}
	return body.Seal(sealed, nil, content, []byte(name)), nil //nolint:gosec // as above
}

// errLocked is the error of what none of the tokens opens.
var errLocked = errors.New("none of the tokens opens it, or it was changed")

func (v *Vault) open(name string, sealed []byte) ([]byte, error) {
	rest, ours := bytes.CutPrefix(sealed, []byte(vaultMagic))
	if !ours || len(rest) <= saltSize {
		return nil, errors.New("it is not of this program")
	}
	salt, slots := rest[:saltSize], int(rest[saltSize])
	rest = rest[saltSize+1:]
	const slotSize = 12 + keySize + 16 // nonce, key, tag
	if len(rest) < slots*slotSize {
		return nil, errLocked
	}
	body := rest[slots*slotSize:]
	for _, secret := range v.tokens {
		slot, err := slotCipher(secret, salt)
		if err != nil {
			return nil, err
		}
		for i := range slots {
			key, err := slot.Open(nil, nil, rest[i*slotSize:(i+1)*slotSize], []byte(name))
			if err != nil {
				continue
			}
			whole, err := newGCM(key)
			if err != nil {
				return nil, err
			}
			content, err := whole.Open(nil, nil, body, []byte(name))
			if err != nil {
				return nil, errLocked
			}
			return content, nil
		}
	}
	return nil, errLocked
}

// slotCipher encrypts keys with a token.
func slotCipher(secret string, salt []byte) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(secret), salt, vaultInfo, keySize)
	if err != nil {
		return nil, fmt.Errorf("deriving a key: %w", err)
	}
	return newGCM(key)
}

func newGCM(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("preparing a cipher: %w", err)
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, fmt.Errorf("preparing a cipher: %w", err)
	}
	return gcm, nil
}

// put keeps records, unless they are what was kept last: as lines of JSON,
// compressed, so that a hundred thousand counts need a few megabytes and not
// fifty.
func (v *Vault) put(ctx context.Context, now time.Time, name string, records iter.Seq[any]) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	err := v.putLocked(ctx, now, name, records)
	if err != nil {
		v.failures.Add(1)
		clear(v.last) // the shelf may have lost all
		return fmt.Errorf("keeping %s: %w", name, err)
	}
	return nil
}

func (v *Vault) putLocked(ctx context.Context, now time.Time, name string, records iter.Seq[any]) error {
	var packed bytes.Buffer
	zip, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		return err //nolint:wrapcheck // put does
	}
	hash := sha256.New()
	encoder := json.NewEncoder(io.MultiWriter(hash, zip))
	for record := range records {
		if err := encoder.Encode(record); err != nil {
			return err //nolint:wrapcheck // put does
		}
	}
	sum := [sha256.Size]byte(hash.Sum(nil))
	last := v.last[name]
	if err := zip.Close(); err != nil || last.hash == sum && now.Before(last.at.Add(rewriteAfter)) {
		return err //nolint:wrapcheck // put does
	}
	sealed, err := v.seal(name, packed.Bytes())
	if err == nil {
		err = v.shelf.Put(ctx, name, sealed)
	}
	if err == nil {
		v.last[name] = written{sum, now}
	}
	return err
}

// recall calls take with each record that was kept under a name.
func recall[T any](ctx context.Context, v *Vault, name string, take func(T)) {
	sealed, err := v.shelf.Get(ctx, name)
	if err == nil && sealed == nil {
		return
	}
	var packed []byte
	if err == nil {
		packed, err = v.open(name, sealed)
	}
	if err == nil {
		err = unpack(packed, take)
	}
	if err != nil {
		v.failures.Add(1)
		slog.WarnContext(ctx, "what was kept cannot be used", "what", name, "error", err)
	}
}

func unpack[T any](packed []byte, take func(T)) error {
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return err //nolint:wrapcheck // it goes into the log
	}
	for lines := json.NewDecoder(zip); ; {
		var record T
		switch err := lines.Decode(&record); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err //nolint:wrapcheck // it goes into the log
		}
		take(record)
	}
}

// keptFlags is the document of one token, as it is kept.
type keptFlags struct {
	Digest string `json:"digest"`
	KeptDocument
}

// keptUsage is one piece of usage that waits, as it is kept: it has one of the
// first four fields.
type keptUsage struct {
	Count      *keptCount              `json:"count,omitempty"`
	Instance   *store.Instance         `json:"instance,omitempty"`
	Place      *store.ApplicationPlace `json:"place,omitempty"`
	App        string                  `json:"app,omitempty"`
	Strategies []string                `json:"strategies,omitempty"` // of App
}

type keptCount struct {
	Feature     feature.Name            `json:"feature"`
	App         string                  `json:"app"`
	Environment feature.EnvironmentName `json:"environment"`
	Hour        int64                   `json:"hour"` // Unix seconds
	Yes         int64                   `json:"yes"`
	No          int64                   `json:"no"`
	Variants    map[string]int64        `json:"variants,omitempty"`
}

// restore takes over what was kept.
func (e *Edge) restore(ctx context.Context) {
	v := e.options.Vault
	if v == nil {
		return
	}
	recall(ctx, v, nameTokens, e.Verdicts.Restore)
	recall(ctx, v, nameFlags, func(kept keptFlags) {
		if digest, err := token.ParseDigest(kept.Digest); err == nil && kept.Document != nil {
			e.Feeds.Restore(digest, kept.KeptDocument)
		}
	})
	recall(ctx, v, nameUsage+"-"+v.instance, e.Forwarder.restore)
}

// Keep puts what is known where it survives a restart. What was written lately
// and has not changed is not written again.
func (e *Edge) Keep(ctx context.Context) error {
	v := e.options.Vault
	if v == nil {
		return nil
	}
	now := e.options.Now()
	var failed []error
	if flags := e.Feeds.Keep(); len(flags) > 0 {
		failed = append(failed, v.put(ctx, now, nameFlags, func(yield func(any) bool) {
			for _, digest := range slices.SortedFunc(maps.Keys(flags), func(a, b token.Digest) int { return bytes.Compare(a[:], b[:]) }) {
				if !yield(keptFlags{digest.String(), flags[digest]}) {
					return
				}
			}
		}))
	}
	if verdicts := e.Verdicts.Keep(); len(verdicts) > 0 {
		failed = append(failed, v.put(ctx, now, nameTokens, func(yield func(any) bool) {
			for _, verdict := range verdicts {
				if !yield(verdict) {
					return
				}
			}
		}))
	}
	failed = append(failed, v.put(ctx, now, nameUsage+"-"+v.instance, e.Forwarder.keep))
	return errors.Join(failed...)
}

// Close lets go of what the edge holds. Call it after Wait.
func (e *Edge) Close() error {
	if e.options.Vault == nil {
		return nil
	}
	return e.options.Vault.shelf.Close()
}

// KeepFailures returns how often something could not be kept or read.
func (e *Edge) KeepFailures() int64 {
	if e.options.Vault == nil {
		return 0
	}
	return e.options.Vault.failures.Load()
}
