package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"

	"github.com/burgeehq/burgee/internal/fault"
)

// The event log is a chain: every event carries a SHA-256, in lower-case hex,
// over these bytes.
//
//	burgee event 1\n            the format, 15 bytes
//	the hash of the event before, 64 hex digits; 64 zeros for the first event
//	every other column, in the order of hashedColumns
//
// A column is written as the length of its text in bytes, in decimal, a colon,
// the text, and a comma, as in "7:created,"; a number is its decimal text; NULL
// is a hyphen. Texts are hashed as they are stored. Ids are 1, 2, 3 and so on.
//
// docs/security.md says what this proves and what it does not.
const (
	chainFormat   = "burgee event 1\n"
	hashedColumns = `id, revision, type, created_at, created_by, created_by_user_id, token_id, address, project, feature, environment, data, pre_data`
	hashedCount   = 13
)

// ChainHead is the newest event: its id, which is also how many there are, and
// its hash. The zero value is an empty log.
type ChainHead struct {
	ID   int64
	Hash string
}

// String is the head as people note it: "1042:9c1e…", or "0:" for an empty log.
func (h ChainHead) String() string { return strconv.FormatInt(h.ID, 10) + ":" + h.Hash }

// ChainHead returns the newest event of the log.
func (tx *Tx) ChainHead(ctx context.Context) (ChainHead, error) {
	var head ChainHead
	err := tx.one(ctx, `SELECT id, hash FROM event ORDER BY id DESC LIMIT 1`, nil, &head.ID, &head.Hash)
	if fault.Is(err, fault.NotFound) {
		return ChainHead{}, nil
	}
	return head, err
}

// next returns the head after an event whose other columns, but for the id, are
// values.
func (h ChainHead) next(values []any) (ChainHead, error) {
	columns := make([]sql.NullString, 1, hashedCount)
	columns[0] = sql.NullString{String: strconv.FormatInt(h.ID+1, 10), Valid: true}
	for _, value := range values {
		switch v := value.(type) {
		case string:
			columns = append(columns, sql.NullString{String: v, Valid: true})
		case int64:
			columns = append(columns, sql.NullString{String: strconv.FormatInt(v, 10), Valid: true})
		case *string:
			if v == nil {
				columns = append(columns, sql.NullString{})
			} else {
				columns = append(columns, sql.NullString{String: *v, Valid: true})
			}
		default:
			return ChainHead{}, fmt.Errorf("an event's column is a %T, which has no place in its hash", value)
		}
	}
	return ChainHead{ID: h.ID + 1, Hash: hashEvent(h.Hash, columns)}, nil
}

// hashEvent is the hash of an event after another one.
func hashEvent(before string, columns []sql.NullString) string {
	if before == "" {
		before = strings.Repeat("0", 2*sha256.Size)
	}
	sum := sha256.New()
	write(sum, chainFormat+before)
	for _, c := range columns {
		if !c.Valid {
			write(sum, "-")
			continue
		}
		write(sum, strconv.Itoa(len(c.String))+":")
		write(sum, c.String)
		write(sum, ",")
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func write(sum hash.Hash, text string) { _, _ = sum.Write([]byte(text)) } // a hash never fails

// BrokenChainError is the error for an event log that is not as Burgee wrote it.
type BrokenChainError struct {
	ID     int64 // the first event that does not fit
	Reason string
}

// Error implements error.
func (b *BrokenChainError) Error() string {
	return "the event log is broken at event " + strconv.FormatInt(b.ID, 10) + ": " + b.Reason
}

// VerifyChain reads the whole event log, oldest first, and returns its head.
// It fails with a [BrokenChainError] at the first event that was changed, added or
// removed. A head that was noted earlier must still be part of the log; pass
// the zero value when none was.
func (tx *Tx) VerifyChain(ctx context.Context, noted ChainHead) (ChainHead, error) {
	return tx.followChain(ctx, noted, func(int64) {})
}

// toldEvery is how many events are verified between two calls of tell.
const toldEvery = 10_000

func (tx *Tx) followChain(ctx context.Context, noted ChainHead, tell func(done int64)) (ChainHead, error) {
	rows, err := tx.sql.QueryContext(ctx, `SELECT hash, `+hashedColumns+` FROM event ORDER BY id`)
	if err != nil {
		return ChainHead{}, classify(err)
	}
	defer func() { _ = rows.Close() }() // rows.Err below reports what matters
	row := newChainRow()
	var head ChainHead
	for rows.Next() {
		if err := rows.Scan(row.targets...); err != nil {
			return head, classify(err)
		}
		if head, err = row.follow(head); err != nil {
			return head, err
		}
		if head.ID%toldEvery == 0 {
			tell(head.ID)
		}
		if head.ID == noted.ID && head.Hash != noted.Hash {
			return head, &BrokenChainError{head.ID, "its hash is not the one that was noted: the log up to here was written anew"}
		}
	}
	if err := classify(rows.Err()); err != nil {
		return head, err
	}
	if head.ID < noted.ID {
		return head, &BrokenChainError{head.ID + 1, fmt.Sprintf("it is missing: the log ends at event %d, and event %d was noted", head.ID, noted.ID)}
	}
	return head, nil
}

// chainRow is one event as stored. It reads every column as text, whatever
// somebody put there.
type chainRow struct {
	hash    sql.NullString
	columns []sql.NullString
	targets []any
}

func newChainRow() *chainRow {
	r := &chainRow{columns: make([]sql.NullString, hashedCount)}
	r.targets = append(r.targets, &r.hash)
	for i := range r.columns {
		r.targets = append(r.targets, &r.columns[i])
	}
	return r
}

// follow returns the head with this row, or a [BrokenChainError] when the row does
// not follow the head.
func (r *chainRow) follow(head ChainHead) (ChainHead, error) {
	id, err := strconv.ParseInt(r.columns[0].String, 10, 64)
	if err != nil {
		return head, &BrokenChainError{head.ID + 1, "its id is not a number"}
	}
	if id != head.ID+1 {
		return head, &BrokenChainError{head.ID + 1, "it is missing: event " + strconv.FormatInt(id, 10) + " follows event " + strconv.FormatInt(head.ID, 10)}
	}
	if want := hashEvent(head.Hash, r.columns); want != r.hash.String {
		return head, &BrokenChainError{id, "its hash does not fit its content and the event before"}
	}
	return ChainHead{ID: id, Hash: r.hash.String}, nil
}

// ParseChainHead reads what [ChainHead.String] writes.
func ParseChainHead(text string) (ChainHead, error) {
	wrong := errors.New("a head is the number of events, a colon and 64 hex digits, as `burgee audit verify` prints it")
	number, sum, found := strings.Cut(text, ":")
	id, err := strconv.ParseInt(number, 10, 64)
	if !found || err != nil || id < 0 {
		return ChainHead{}, wrong
	}
	if raw, err := hex.DecodeString(sum); (id > 0 && len(raw) != sha256.Size) || (id == 0 && sum != "") || err != nil {
		return ChainHead{}, wrong
	}
	return ChainHead{ID: id, Hash: sum}, nil
}
