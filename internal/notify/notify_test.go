package notify_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/burgeehq/burgee/internal/notify"
	"github.com/burgeehq/burgee/internal/testkit"
)

// certificate is one for 127.0.0.1, and what verifies it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	return &tls.Config{Certificates: server.TLS.Certificates, MinVersion: tls.VersionTLS12}, roots
}

// run sends one e-mail and returns what became of it.
func run(t *testing.T, server notify.SMTP, compose notify.Compose) notify.Counts {
	t.Helper()
	m := notify.NewMailer(server, testkit.NewClock().Now)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { m.Run(ctx); close(done) }()
	if !m.Post(compose) {
		t.Fatal("the queue is full")
	}
	for {
		c := m.Counts()
		if c.Sent+c.Failed > 0 {
			stop()
			<-done
			return c
		}
		time.Sleep(time.Millisecond)
	}
}

func letter(context.Context) (notify.Mail, bool, error) {
	return notify.Mail{To: "ada@example.org", Subject: "Grüße", Text: "Line one\n.line two with a dot, and ünïcode: " + strings.Repeat("x", 100) + "\n"}, true, nil
}

func TestMailOverSTARTTLS(t *testing.T) {
	t.Parallel()
	config, roots := certificate(t)
	s := testkit.StartMail(t, config)
	c := run(t, notify.SMTP{
		Host: s.Host, Port: s.Port, User: "user", Password: "password", Sender: "Burgee <flags@example.org>", Roots: roots,
	}, letter)
	if c.Sent != 1 || c.Failed != 0 {
		t.Fatalf("%+v", c)
	}
	got := <-s.Letters
	if !got.Secret || got.User != "user" || !strings.Contains(got.From, "<flags@example.org>") || !strings.Contains(got.To, "<ada@example.org>") {
		t.Errorf("%+v", got)
	}
	if !strings.Contains(got.Text, "\r\n.line two with a dot, and ünïcode: "+strings.Repeat("x", 100)) {
		t.Errorf("the text is %q", got.Text)
	}
	if date, err := got.Header.Date(); err != nil || !date.Equal(testkit.NewClock().Now()) || got.Header.Get("Message-Id") == "" {
		t.Errorf("the headers are %v", got.Header)
	}
}

// A password never goes over a connection that is not protected, and nothing to
// a server that is not who it should be.
func TestMailRefusals(t *testing.T) {
	t.Parallel()
	config, _ := certificate(t)
	plain, foreign := testkit.StartMail(t, nil), testkit.StartMail(t, config)
	for name, server := range map[string]notify.SMTP{
		"password without TLS":    {Host: plain.Host, Port: plain.Port, User: "user", Password: "password", Sender: "a@b.example"},
		"unknown certificate":     {Host: foreign.Host, Port: foreign.Port, Sender: "a@b.example"},
		"TLS that is none":        {Host: plain.Host, Port: plain.Port, Secure: true, Sender: "a@b.example"},
		"nobody there":            {Host: "127.0.0.1", Port: 1, Sender: "a@b.example"},
		"a sender that is nobody": {Host: plain.Host, Port: plain.Port, Sender: "nobody"},
	} {
		if c := run(t, server, letter); c.Failed != 1 {
			t.Errorf("%s: %+v", name, c)
		}
	}
	for name, compose := range map[string]notify.Compose{
		"no receiver": func(context.Context) (notify.Mail, bool, error) { return notify.Mail{To: "nobody"}, true, nil },
		"two receivers": func(context.Context) (notify.Mail, bool, error) {
			return notify.Mail{To: "a@b.example\r\nBcc: c@d.example"}, true, nil
		},
		"failed to compose": func(context.Context) (notify.Mail, bool, error) { return notify.Mail{}, true, errors.New("no") },
	} {
		if c := run(t, notify.SMTP{Host: plain.Host, Port: plain.Port, Sender: "a@b.example"}, compose); c.Failed != 1 {
			t.Errorf("%s: %+v", name, c)
		}
	}
	select {
	case got := <-plain.Letters:
		t.Errorf("something was sent: %+v", got)
	default:
	}
}

func TestQueueIsBounded(t *testing.T) {
	t.Parallel()
	m := notify.NewMailer(notify.SMTP{}, testkit.NewClock().Now) // and nobody runs it
	accepted := 0
	for range 1000 {
		if m.Post(letter) {
			accepted++
		}
	}
	c := m.Counts()
	if accepted != 100 || c.Waiting != 100 || c.Dropped != 900 {
		t.Errorf("%d of 1000 accepted, %+v", accepted, c)
	}
}

func TestSMTPCheck(t *testing.T) {
	t.Parallel()
	for server, fits := range map[*notify.SMTP]bool{
		{Port: 587, Sender: "Burgee <a@b.example>"}: true,
		{Port: 587, Sender: ""}:                     false,
		{Port: 0, Sender: "a@b.example"}:            false,
		{Port: 70000, Sender: "a@b.example"}:        false,
	} {
		if err := server.Check(); (err == nil) != fits {
			t.Errorf("%+v: %v", server, err)
		}
	}
}
