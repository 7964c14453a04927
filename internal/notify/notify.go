// Package notify tells people and programs things outside the APIs: e-mail and
// webhooks.
//
// Main types: [Mailer], which sends e-mail over SMTP from a queue; [SMTP], the
// server it uses; [Mail]; [Hooks], which sends events of the log to integrations.
// Flow: a use case hands [Mailer.Post] work that composes an e-mail;
// [Mailer.Run] does it, one at a time, so that no request waits for a mail
// server and none tells by its time whether mail was sent. [Hooks.Deliver]
// reads the event log. What does not belong: what the texts say, and
// which integrations there are (package control).
package notify

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"
)

const (
	queueLength = 100
	sendTimeout = 30 * time.Second
)

// Mail is an e-mail to one person, as plain text.
type Mail struct {
	To, Subject, Text string
}

// Compose makes an e-mail and says whether to send it.
type Compose func(context.Context) (Mail, bool, error)

// Mailer sends e-mail from a queue of bounded length, in memory: what waits is
// lost in a crash, and people ask again. Make it with [NewMailer]. It is safe
// for concurrent use.
type Mailer struct {
	server SMTP
	queue  chan Compose
	now    func() time.Time

	sent, failed, dropped atomic.Int64
}

// NewMailer returns a mailer that sends by way of a server. Nothing is sent
// until Run.
func NewMailer(server SMTP, now func() time.Time) *Mailer {
	return &Mailer{server: server, queue: make(chan Compose, queueLength), now: now}
}

// Post adds an e-mail to the queue, or reports false when that is full. It
// never waits.
func (m *Mailer) Post(compose Compose) bool {
	select {
	case m.queue <- compose:
		return true
	default:
		m.dropped.Add(1)
		return false
	}
}

// Run sends what is in the queue until ctx ends. An e-mail that cannot be sent
// is logged, without its text and address, and given up.
func (m *Mailer) Run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case compose := <-m.queue:
			m.deliver(ctx, compose)
		}
	}
}

func (m *Mailer) deliver(ctx context.Context, compose Compose) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	mail, wanted, err := compose(ctx)
	if err == nil && wanted {
		err = m.server.send(ctx, mail, m.now())
	}
	switch {
	case err != nil:
		m.failed.Add(1)
		slog.WarnContext(ctx, "an e-mail could not be sent", "error", err)
	case wanted:
		m.sent.Add(1)
	}
}

// Counts says what became of e-mails since the start, and how many wait.
type Counts struct {
	Sent, Failed, Dropped int64
	Waiting               int
}

// Counts returns what became of e-mails.
func (m *Mailer) Counts() Counts {
	return Counts{Sent: m.sent.Load(), Failed: m.failed.Load(), Dropped: m.dropped.Load(), Waiting: len(m.queue)}
}
