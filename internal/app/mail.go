package app

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/notify"
)

// MailConfig is how the server sends e-mail. The variables are those that
// Unleash reads.
type MailConfig struct {
	URL string `name:"public-url" help:"Where people open the server, without the base path, for links in e-mails and invitations." default:"http://localhost:4242" env:"BURGEE_PUBLIC_URL,UNLEASH_URL"`

	EmailHost     string `help:"Mail server; without one, no e-mail is sent." env:"EMAIL_HOST"`
	EmailPort     int    `help:"Port of the mail server." default:"587" env:"EMAIL_PORT"`
	EmailSecure   bool   `help:"TLS from the first byte, as on port 465; otherwise STARTTLS is used when it is offered." env:"EMAIL_SECURE"`
	EmailUser     string `help:"User at the mail server." env:"EMAIL_USER"`
	EmailPassword string `hidden:"" help:"Password at the mail server; never sent without TLS." env:"EMAIL_PASSWORD"`
	EmailSender   string `help:"Sender of e-mails, such as Burgee <flags@example.org>." env:"EMAIL_SENDER"`
}

func (c MailConfig) smtp() notify.SMTP {
	return notify.SMTP{
		Host: c.EmailHost, Port: c.EmailPort, Secure: c.EmailSecure, User: c.EmailUser, Password: c.EmailPassword, Sender: c.EmailSender,
	}
}

func (c MailConfig) validate() error {
	if c.URL != "" {
		u, err := url.Parse(c.URL)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
			return fmt.Errorf("--public-url must be an address such as https://flags.example.org")
		}
	}
	if c.EmailHost == "" {
		return nil
	}
	if err := c.smtp().Check(); err != nil {
		return fmt.Errorf("e-mail: %w", err)
	}
	return nil
}

// sendMail starts sending e-mail when a mail server is configured, and tells
// the use cases what links in it begin with.
func (s *Server) sendMail(ctx context.Context, now func() time.Time) {
	c := s.config.MailConfig
	s.control.URL = strings.TrimSuffix(c.URL, "/")
	if !strings.HasSuffix(s.control.URL, s.config.BasePath) { // some set it with the base path
		s.control.URL += s.config.BasePath
	}
	mailer := notify.NewMailer(c.smtp(), now)
	s.measureMail(mailer)
	if c.EmailHost == "" {
		return
	}
	s.control.Post = func(compose func(context.Context) (control.Mail, bool, error)) bool {
		return mailer.Post(func(ctx context.Context) (notify.Mail, bool, error) {
			mail, wanted, err := compose(ctx)
			return notify.Mail(mail), wanted, err
		})
	}
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stopMail = stop
	s.mail.Go(func() { mailer.Run(running) })
}

// endMail stops sending e-mail.
func (s *Server) endMail() {
	if s.stopMail != nil {
		s.stopMail()
		s.mail.Wait()
	}
}

func (s *Server) measureMail(mailer *notify.Mailer) {
	s.metrics.Gauge("burgee_mail_queue", "E-mails that wait to be sent.", func() float64 { return float64(mailer.Counts().Waiting) })
	for result, count := range map[string]func(notify.Counts) int64{
		"sent":    func(c notify.Counts) int64 { return c.Sent },
		"failed":  func(c notify.Counts) int64 { return c.Failed },
		"dropped": func(c notify.Counts) int64 { return c.Dropped },
	} {
		s.metrics.Counter("burgee_mails_total", "E-mails by what became of them; dropped: the queue was full.",
			func() float64 { return float64(count(mailer.Counts())) }, "result", result)
	}
}
