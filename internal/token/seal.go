package token

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
)

// SealKeySize is the size of a key of a [Sealer], in bytes: AES-256.
const SealKeySize = 32

// sealForm begins every sealed secret and names its form: base64 of a nonce
// and of what AES-256-GCM makes of the secret.
const sealForm = "1."

// ErrSealed is the error of a sealed secret that no key opens: it was sealed
// under another key, for another token, or was changed.
var ErrSealed = errors.New("no key opens the sealed secret")

// Sealer encrypts secrets of tokens for those who must read them back. It is
// safe for concurrent use.
type Sealer struct{ keys []cipher.AEAD }

// NewSealer returns a sealer of keys in base64, of 32 bytes each. The first
// seals, all of them open. Errors say which key cannot be used, and never show
// it.
func NewSealer(keys []string) (*Sealer, error) {
	if len(keys) == 0 {
		return nil, errors.New("there is no key")
	}
	s := &Sealer{}
	for i, text := range keys {
		key, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSpace(text))
		if err != nil || len(key) != SealKeySize {
			return nil, fmt.Errorf("key %d of %d must be %d bytes in base64, as `openssl rand -base64 %d` prints them",
				i+1, len(keys), SealKeySize, SealKeySize)
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("preparing key %d of %d: %w", i+1, len(keys), err)
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, fmt.Errorf("preparing key %d of %d: %w", i+1, len(keys), err)
		}
		s.keys = append(s.keys, aead)
	}
	return s, nil
}

// Seal encrypts the secret of the token of a public id. Only together with the
// id can it be opened, so that nobody swaps the copies of two tokens. Random
// is read for 12 bytes.
func (s *Sealer) Seal(secret, id string, random io.Reader) (string, error) {
	aead := s.keys[0]
	nonce := make([]byte, aead.NonceSize(), aead.NonceSize()+len(secret)+aead.Overhead())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return "", fmt.Errorf("sealing a secret: %w", err)
	}
	return sealForm + base64.StdEncoding.EncodeToString(aead.Seal(nonce, nonce, []byte(secret), sealedFor(id))), nil
}

// Current reports whether a sealed secret is sealed under the first key.
func (s *Sealer) Current(sealed, id string) bool {
	_, err := (&Sealer{keys: s.keys[:1]}).Open(sealed, id)
	return err == nil
}

// Open returns the secret that was sealed for the token of a public id, or
// [ErrSealed].
func (s *Sealer) Open(sealed, id string) (string, error) {
	text, known := strings.CutPrefix(sealed, sealForm)
	raw, err := base64.StdEncoding.DecodeString(text)
	if !known || err != nil {
		return "", ErrSealed
	}
	for _, aead := range s.keys {
		if len(raw) < aead.NonceSize() {
			break
		}
		nonce, box := raw[:aead.NonceSize()], raw[aead.NonceSize():]
		if secret, err := aead.Open(nil, nonce, box, sealedFor(id)); err == nil {
			return string(secret), nil
		}
	}
	return "", ErrSealed
}

// sealedFor is the data that is authenticated with a sealed secret.
func sealedFor(id string) []byte { return []byte("burgee sealed " + sealForm + "\n" + id) }
