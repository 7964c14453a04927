package app

import (
	"time"

	"github.com/burgeehq/burgee/internal/notify"
	"github.com/burgeehq/burgee/internal/token"
)

// hookInterval is how long an event waits at most before integrations are told.
const hookInterval = time.Second

// tellIntegrations tells integrations of events while the server runs.
func (s *Server) tellIntegrations(sealer *token.Sealer) error {
	networks, err := prefixes("--webhook-networks", s.config.WebhookNetworks)
	if err != nil {
		return err
	}
	hooks := &notify.Hooks{DB: s.db, Sealer: sealer, Networks: networks}
	s.chores = append(s.chores, chore{name: "telling integrations of events", every: hookInterval, run: hooks.Deliver})
	for result, count := range map[string]func(notify.HookCounts) int64{
		"sent":     func(c notify.HookCounts) int64 { return c.Sent },
		"failed":   func(c notify.HookCounts) int64 { return c.Failed },
		"given up": func(c notify.HookCounts) int64 { return c.GivenUp },
		"skipped":  func(c notify.HookCounts) int64 { return c.Skipped },
	} {
		s.metrics.Counter("burgee_webhooks_total", "Events for integrations by what became of them; failed: tries; given up: after the last try; skipped: too far behind.",
			func() float64 { return float64(count(hooks.Counts())) }, "result", result)
	}
	return nil
}
