package notify

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"strconv"
	"strings"
	"time"
)

// SMTP is a mail server and the account to use there.
type SMTP struct {
	Host string
	Port int
	// Secure means TLS from the first byte. Without it, STARTTLS is used when
	// the server offers it, and always before a password is sent.
	Secure   bool
	User     string // empty: without signing in
	Password string
	Sender   string // an address, with or without a name
	// Roots verify the server's certificate; nil for those of the system.
	Roots *x509.CertPool
}

// Check reports what cannot work.
func (s SMTP) Check() error {
	if _, err := mail.ParseAddress(s.Sender); err != nil {
		return fmt.Errorf("the sender %q is not an e-mail address such as Burgee <flags@example.org>", s.Sender)
	}
	if s.Port < 1 || s.Port > 65535 {
		return fmt.Errorf("the port must be from 1 to 65535, not %d", s.Port)
	}
	return nil
}

func (s SMTP) tls() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, ServerName: s.Host, RootCAs: s.Roots}
}

// send delivers one e-mail, within the deadline of ctx.
func (s SMTP) send(ctx context.Context, m Mail, now time.Time) error {
	sender, err := mail.ParseAddress(s.Sender)
	if err != nil {
		return fmt.Errorf("the sender: %w", err)
	}
	to, err := mail.ParseAddress(m.To)
	if err != nil {
		return errors.New("the receiver is not an e-mail address")
	}
	client, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = client.Close() })() // a stop does not wait for a slow server
	defer func() { _ = client.Close() }()                         // after Quit it is closed already
	if err := s.signIn(client); err != nil {
		return err
	}
	if err := client.Mail(sender.Address); err != nil {
		return fmt.Errorf("the mail server refused the sender: %w", err)
	}
	if err := client.Rcpt(to.Address); err != nil {
		return errors.New("the mail server refused the receiver")
	}
	body, err := client.Data()
	if err != nil {
		return fmt.Errorf("starting the e-mail: %w", err)
	}
	text, err := compose(sender, to, m, now)
	if err != nil {
		return err
	}
	if _, err := body.Write(text); err != nil {
		return fmt.Errorf("sending the e-mail: %w", err)
	}
	if err := body.Close(); err != nil {
		return fmt.Errorf("the mail server refused the e-mail: %w", err)
	}
	if err := client.Quit(); err != nil {
		return fmt.Errorf("ending the connection: %w", err)
	}
	return nil
}

func (s SMTP) dial(ctx context.Context) (*smtp.Client, error) {
	address := net.JoinHostPort(s.Host, strconv.Itoa(s.Port))
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connecting to the mail server: %w", err)
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	if s.Secure {
		conn = tls.Client(conn, s.tls())
	}
	client, err := smtp.NewClient(conn, s.Host)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("greeting the mail server: %w", err), conn.Close())
	}
	return client, nil
}

// signIn protects the connection and signs in. A password is never sent in
// clear.
func (s SMTP) signIn(client *smtp.Client) error {
	offered, _ := client.Extension("STARTTLS")
	switch {
	case s.Secure:
	case offered:
		if err := client.StartTLS(s.tls()); err != nil {
			return fmt.Errorf("protecting the connection to the mail server: %w", err)
		}
	case s.User != "":
		return errors.New("the mail server offers no STARTTLS: the password was not sent, as it would go in clear")
	}
	if s.User == "" {
		return nil
	}
	if err := client.Auth(smtp.PlainAuth("", s.User, s.Password, s.Host)); err != nil {
		return fmt.Errorf("signing in to the mail server: %w", err)
	}
	return nil
}

// compose is the e-mail as it goes over the wire.
func compose(from, to *mail.Address, m Mail, now time.Time) ([]byte, error) {
	var id [16]byte
	_, _ = rand.Read(id[:]) // never fails since Go 1.24
	_, domain, _ := strings.Cut(from.Address, "@")
	var b bytes.Buffer
	for _, header := range [][2]string{
		{"From", from.String()},
		{"To", to.String()},
		{"Subject", mime.QEncoding.Encode("utf-8", m.Subject)},
		{"Date", now.UTC().Format(time.RFC1123Z)},
		{"Message-ID", "<" + hex.EncodeToString(id[:]) + "@" + domain + ">"},
		{"MIME-Version", "1.0"},
		{"Content-Type", "text/plain; charset=utf-8"},
		{"Content-Transfer-Encoding", "quoted-printable"},
		{"Auto-Submitted", "auto-generated"},
	} {
		b.WriteString(header[0] + ": " + header[1] + "\r\n")
	}
	b.WriteString("\r\n")
	body := quotedprintable.NewWriter(&b)
	if _, err := body.Write([]byte(strings.ReplaceAll(m.Text, "\n", "\r\n"))); err != nil {
		return nil, fmt.Errorf("encoding the e-mail: %w", err)
	}
	if err := body.Close(); err != nil {
		return nil, fmt.Errorf("encoding the e-mail: %w", err)
	}
	return b.Bytes(), nil
}
