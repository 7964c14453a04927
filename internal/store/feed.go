package store

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Noun names what a [Change] is about.
type Noun string

// The nouns that readers outside the store keep copies of.
const (
	NounFeature       Noun = "feature"     // key: flag name
	NounSegment       Noun = "segment"     // key: segment id
	NounProject       Noun = "project"     // key: project id
	NounEnvironment   Noun = "environment" // key: environment name
	NounAPIToken      Noun = "api-token"   // key: public token id
	NounPersonalToken Noun = "personal-token"
	NounUser          Noun = "user"  // key: user id; its roles and sessions too
	NounRole          Noun = "role"  // key: role id
	NounGroup         Noun = "group" // key: group id; its members and project roles too
	NounSetting       Noun = "setting"
	NounOther         Noun = "other" // only the event log changed
)

// Change says that one thing is no longer what readers know of it.
type Change struct {
	Noun Noun
	Key  string
}

// Commit is what the feed delivers: all changes since the last delivery.
type Commit struct {
	Revision int64 // the newest revision included
	Changes  []Change
	// Complete is false when the feed lost its place and readers must load
	// everything anew; Changes is then empty.
	Complete bool
}

// keptRevisions is how many revisions of the change table are kept. A reader
// further behind than that loads everything anew. Of every pruneEvery updates one
// forgets those before.
const (
	keptRevisions = 10_000
	pruneEvery    = 100
)

// askTimeout bounds the question whether there is anything new, so that a way
// to the database that swallows everything is noticed.
const askTimeout = 5 * time.Second

type feed struct {
	mu          sync.Mutex   // held by who delivers
	seen        atomic.Int64 // written with mu held
	heard       atomic.Pointer[time.Time]
	subscribers []func(context.Context, Commit) error
}

// Subscribe registers a function that is called, one at a time and in order of
// revision, after every commit that touched something. It must not call
// Update. Subscribe before the first Update.
func (db *DB) Subscribe(receive func(context.Context, Commit) error) {
	db.feed.mu.Lock()
	defer db.feed.mu.Unlock()
	db.feed.subscribers = append(db.feed.subscribers, receive)
}

// CatchUp delivers what was committed since the last delivery, by this process
// or another one on the same database. Update calls it; a poll once a second
// does too.
func (db *DB) CatchUp(ctx context.Context) error { return db.catchUp(ctx, math.MaxInt64) }

// catchUp delivers what was committed, unless a revision has been delivered by
// the time that its turn comes: of many who wait, one then delivers for all.
func (db *DB) catchUp(ctx context.Context, revision int64) error {
	db.feed.mu.Lock()
	defer db.feed.mu.Unlock()
	if db.feed.seen.Load() >= revision {
		return nil
	}
	asked := db.now()
	commit, err := db.news(ctx)
	if err != nil {
		return fmt.Errorf("reading the change feed: %w", err)
	}
	if commit.Revision == db.feed.seen.Load() {
		db.feed.heard.Store(&asked)
		return nil
	}
	for _, receive := range db.feed.subscribers {
		if err := receive(ctx, commit); err != nil {
			return fmt.Errorf("delivering revision %d: %w", commit.Revision, err)
		}
	}
	db.feed.seen.Store(commit.Revision)
	db.feed.heard.Store(&asked)
	return nil
}

// news asks what was committed since the last delivery.
func (db *DB) news(ctx context.Context) (commit Commit, err error) {
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	err = db.View(ctx, func(tx *Tx) error {
		commit, err = tx.commitSince(ctx, db.feed.seen.Load())
		return err
	})
	return commit, err
}

// Seen returns the newest revision that every subscriber has seen.
func (db *DB) Seen() int64 { return db.feed.seen.Load() }

// Heard returns an instant up to which every subscriber has seen everything
// that was committed, whoever did. While the database cannot be asked it stays.
func (db *DB) Heard() time.Time { return *db.feed.heard.Load() }

// Revision returns the revision of the state that the transaction sees.
func (tx *Tx) Revision(ctx context.Context) (int64, error) {
	var value int64
	err := tx.one(ctx, `SELECT value FROM revision WHERE id = 1`, nil, &value)
	return value, err
}

// Touch says that readers must refresh a thing. The transaction takes the next
// revision.
func (tx *Tx) Touch(ctx context.Context, noun Noun, key string) error {
	if _, err := tx.nextRevision(ctx); err != nil {
		return err
	}
	change := Change{Noun: noun, Key: key}
	if !slices.Contains(tx.changes, change) {
		tx.changes = append(tx.changes, change)
	}
	return nil
}

// nextRevision takes the transaction's revision on first use. Updates run one
// at a time in all processes together (see dialect.lock), so revisions become
// visible in order and without a gap.
func (tx *Tx) nextRevision(ctx context.Context) (int64, error) {
	if tx.revision != 0 {
		return tx.revision, nil
	}
	if tx.tally {
		return 0, fmt.Errorf("a transaction that only counts takes no revision")
	}
	// Nearly every update records an event, which needs the one before.
	var id *int64
	var hash *string
	err := tx.one(ctx, `UPDATE revision SET value = value + 1 WHERE id = 1 RETURNING value,
		(SELECT id FROM event ORDER BY id DESC LIMIT 1), (SELECT hash FROM event ORDER BY id DESC LIMIT 1)`, nil, &tx.revision, &id, &hash)
	if err == nil && id != nil {
		tx.head = ChainHead{ID: *id, Hash: *hash}
	}
	return tx.revision, err
}

func (tx *Tx) writeChanges(ctx context.Context) error {
	if tx.revision == 0 {
		return nil
	}
	for some := range slices.Chunk(tx.changes, rowsInStatement) {
		marks, args := make([]string, len(some)), []any{tx.revision}
		for i, c := range some {
			args = append(args, c.Noun, c.Key)
			marks[i] = fmt.Sprintf(`($1,$%d,$%d)`, len(args)-1, len(args))
		}
		if _, err := tx.exec(ctx, `INSERT INTO change (revision, noun, key) VALUES `+strings.Join(marks, `,`), args...); err != nil {
			return err
		}
	}
	if tx.revision%pruneEvery == 0 {
		if _, err := tx.exec(ctx, `DELETE FROM change WHERE revision < $1`, tx.revision-keptRevisions); err != nil {
			return err
		}
	}
	if tx.db.dialect.notify == "" {
		return nil
	}
	_, err := tx.exec(ctx, tx.db.dialect.notify, strconv.FormatInt(tx.revision, 10))
	return err
}

func (tx *Tx) commitSince(ctx context.Context, seen int64) (Commit, error) {
	commit := Commit{Complete: true}
	var err error
	if commit.Revision, err = tx.Revision(ctx); err != nil || commit.Revision == seen {
		return commit, err
	}
	if commit.Revision < seen || commit.Revision-seen > keptRevisions {
		commit.Complete = false
		return commit, nil
	}
	commit.Changes, err = list(ctx, tx, func(s scanner) (Change, error) {
		var c Change
		err := s.Scan(&c.Noun, &c.Key)
		return c, err
	}, `SELECT DISTINCT noun, key FROM change WHERE revision > $1 ORDER BY noun, key`, seen)
	return commit, err
}
