package edge

import (
	"encoding/json"
	"time"

	"github.com/burgeehq/burgee/internal/token"
)

// TokenReport is what an operator may see of tokens. Secrets are hints.
type TokenReport struct {
	Refreshes []FeedReport    `json:"tokenRefreshes"`
	Known     []VerdictReport `json:"tokenValidationStatus"`
	Invalid   int             `json:"invalidTokenCount"`
}

// FeedReport is what an operator may see of a feed.
type FeedReport struct {
	Token         string     `json:"token"`
	Environment   string     `json:"environment"`
	Projects      []string   `json:"projects"`
	Mode          Mode       `json:"mode"`
	ETag          string     `json:"etag"`
	LastRefreshed *time.Time `json:"last_refreshed"`
	LastCheck     *time.Time `json:"last_check"`
	Flags         int        `json:"last_feature_count"`
	Revision      int64      `json:"revision_id"`
	Failures      int        `json:"failure_count"`
	Error         string     `json:"error,omitempty"`
}

// VerdictReport is what an operator may see of a live token.
type VerdictReport struct {
	Token       string     `json:"token"`
	Type        string     `json:"token_type"`
	Environment string     `json:"environment"`
	Projects    []string   `json:"projects"`
	Status      string     `json:"status"` // Validated; Trusted; Kept: from before the start
	SeenAt      *time.Time `json:"last_seen"`
	Expires     *time.Time `json:"expires_at,omitempty"`
}

// maxReported bounds the tokens that a report lists.
const maxReported = 1000

// Report returns what is known of tokens; of more than 1000 live ones, some.
func (e *Edge) Report() TokenReport {
	r := TokenReport{Refreshes: []FeedReport{}, Known: []VerdictReport{}}
	for _, s := range e.Feeds.Status() {
		r.Refreshes = append(r.Refreshes, FeedReport{
			Token: s.Hint, Environment: s.Environment, Projects: s.Projects, Mode: s.Way, ETag: s.Tag, LastRefreshed: orNil(s.ChangedAt),
			LastCheck: orNil(s.CheckedAt), Flags: s.Flags, Revision: s.Revision, Failures: s.Failures, Error: s.Error,
		})
	}
	r.Known, r.Invalid = e.Verdicts.report()
	return r
}

func (v *Verdicts) report() (all []VerdictReport, refused int) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	all = []VerdictReport{}
	for _, entry := range v.known {
		if len(all) == maxReported {
			break
		}
		terms := entry.grant.Terms()
		one := VerdictReport{
			Token: token.Hint(entry.secret), Type: terms.Kind.String(), Environment: terms.Scope.Environment,
			Projects: projectList(terms.Scope), Status: "Validated", SeenAt: orNil(entry.grant.SeenAt()), Expires: orNil(terms.Expires),
		}
		switch {
		case entry.pinned:
			one.Status = "Trusted"
		case entry.secret == "":
			one.Status, one.Token = "Kept", ""
		}
		all = append(all, one)
	}
	return all, len(v.refused)
}

// VerdictStats are counts since the start, but for Known and Refused.
type VerdictStats struct {
	Known, Refused, Waiting  int
	Revoked, Evicted, Denied int64
}

// Stats returns the counts.
func (v *Verdicts) Stats() VerdictStats {
	s := VerdictStats{Revoked: v.revoked.Load(), Evicted: v.evicted.Load(), Denied: v.denied.Load()}
	v.mu.RLock()
	s.Known, s.Refused = len(v.known), len(v.refused)
	v.mu.RUnlock()
	if v.asker != nil {
		v.asker.mu.Lock()
		s.Waiting = len(v.asker.open)
		v.asker.mu.Unlock()
	}
	return s
}

func orNil(at time.Time) *time.Time {
	if at.IsZero() {
		return nil
	}
	at = at.UTC()
	return &at
}

// UsageReport is usage that waits to be sent.
type UsageReport struct {
	Applications []json.RawMessage `json:"applications"`
	Metrics      []json.RawMessage `json:"metrics"`
}

// Waiting returns usage that waits; of more than 1000 entries, some.
func (f *Forwarder) Waiting() UsageReport {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := UsageReport{Applications: []json.RawMessage{}, Metrics: []json.RawMessage{}}
	if f.options.Upstream == nil {
		return r
	}
	for _, i := range f.pending.instances {
		if len(r.Applications) == maxReported {
			break
		}
		r.Applications = append(r.Applications, f.encode(item{instance: &i, strategies: f.pending.apps[i.App]}))
	}
	for key, sum := range f.pending.counts {
		if len(r.Metrics) == maxReported {
			break
		}
		r.Metrics = append(r.Metrics, f.encode(item{key: key, sum: sum}))
	}
	return r
}
