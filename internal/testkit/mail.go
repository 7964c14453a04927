package testkit

import (
	"bufio"
	"crypto/tls"
	"io"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strconv"
	"strings"
	"testing"
)

// Letter is an e-mail that a [MailServer] took.
type Letter struct {
	From, To string // of the envelope
	Header   mail.Header
	Text     string
	User     string // who signed in; empty for nobody
	Secret   bool   // it came over TLS
}

// MailServer takes e-mail over SMTP and keeps it.
type MailServer struct {
	Host    string
	Port    int
	Letters chan Letter

	t   *testing.T
	tls *tls.Config // nil: no STARTTLS
}

// StartMail runs a mail server until the test ends; with a configuration, it
// offers STARTTLS and signing in as user with the password "password".
func StartMail(t *testing.T, config *tls.Config) *MailServer {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s := &MailServer{Host: host, Letters: make(chan Letter, 16), t: t, tls: config}
	if s.Port, err = strconv.Atoi(port); err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	return s
}

// talk is one conversation of SMTP.
type talk struct {
	*MailServer
	conn   net.Conn
	in     *bufio.Reader
	letter Letter
}

func (s *MailServer) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	c := &talk{MailServer: s, conn: conn, in: bufio.NewReader(conn)}
	c.say("220 test")
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return
		}
		if !c.answer(strings.TrimSpace(line)) {
			return
		}
	}
}

func (c *talk) say(line string) { _, _ = io.WriteString(c.conn, line+"\r\n") }

// answer does what a line asks for; false ends the conversation.
func (c *talk) answer(line string) bool {
	verb, rest, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "EHLO", "HELO":
		if c.tls != nil && !c.letter.Secret {
			c.say("250-test")
			c.say("250 STARTTLS")
			break
		}
		c.say("250-test")
		c.say("250 AUTH PLAIN")
	case "STARTTLS":
		c.say("220 go on")
		c.conn = tls.Server(c.conn, c.tls)
		c.in, c.letter.Secret = bufio.NewReader(c.conn), true
	case "AUTH":
		if rest != "PLAIN AHVzZXIAcGFzc3dvcmQ=" { // user, password
			c.say("535 no")
			break
		}
		c.letter.User = "user"
		c.say("235 yes")
	case "MAIL":
		c.letter.From = rest
		c.say("250 ok")
	case "RCPT":
		c.letter.To = rest
		c.say("250 ok")
	case "DATA":
		c.say("354 go on")
		return c.take()
	case "QUIT":
		c.say("221 bye")
		return false
	default:
		c.say("502 no")
	}
	return true
}

// take reads an e-mail to its end.
func (c *talk) take() bool {
	var raw strings.Builder
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		raw.WriteString(strings.TrimPrefix(line, "."))
	}
	message, err := mail.ReadMessage(strings.NewReader(raw.String()))
	if err != nil {
		c.say("554 cannot read it")
		return false
	}
	text, err := io.ReadAll(quotedprintable.NewReader(message.Body))
	if err != nil {
		c.say("554 cannot read its text")
		return false
	}
	letter := c.letter
	letter.Header, letter.Text = message.Header, string(text)
	c.Letters <- letter
	c.say("250 taken")
	return true
}
