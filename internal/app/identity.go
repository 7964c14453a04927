package app

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/authapi"
	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/web"
)

const (
	watchInterval = 5 * time.Second
	seenInterval  = 10 * time.Second // how much of "last used" a crash may lose
	purgeInterval = time.Hour
)

// identify makes what a first start needs to let somebody in, and loads who
// may do what.
func (s *Server) identify(ctx context.Context, now func() time.Time) error {
	c := s.config
	password, err := s.control.CreateFirstAdmin(ctx, control.FirstAdmin{Username: c.AdminUsername, Password: c.AdminPassword})
	if err != nil {
		return fmt.Errorf("creating the first administrator: %w", err)
	}
	if password != "" {
		announce(ctx, c, password)
	}
	err = s.control.CreateInitTokens(ctx, control.InitTokens{
		Admin: c.InitAdminTokens, Client: c.InitClientTokens, Backend: c.InitBackendTokens, Frontend: c.InitFrontendTokens,
	})
	if err != nil {
		return fmt.Errorf("creating the initial API tokens: %w", err)
	}
	if s.auth, err = auth.New(ctx, auth.Options{DB: s.db, Now: now, BasePath: c.BasePath, Grace: c.DatabaseGrace}); err != nil {
		return err
	}
	s.control.FlushTokens = s.auth.FlushSeen
	s.signIn = authapi.New(s.control, c.BasePath, now)
	s.chores = append(s.chores,
		chore{name: "ending streams of tokens that are not believed", every: watchInterval, run: s.auth.EndCutOff},
		chore{name: "storing when tokens were last used", every: seenInterval, run: s.auth.FlushSeen, atStop: true},
		chore{name: "hearing when rotated secrets were last used elsewhere", every: seenInterval, run: s.auth.HearUses},
		chore{name: "forgetting how often tokens were used long ago", every: purgeInterval, run: s.control.PurgeTokenHours},
		chore{name: "sealing copies of secrets under the first key", every: seenInterval, run: s.control.Reseal},
		chore{name: "purging expired sessions", every: purgeInterval, run: s.control.PurgeSessions},
		chore{name: "purging secrets that were rotated away", every: purgeInterval, run: s.control.PurgeRetiredSecrets},
		chore{name: "purging tokens that expired long ago", every: purgeInterval, run: s.control.PurgeExpiredTokens},
		chore{name: "warning of tokens that expire soon", every: purgeInterval, run: s.control.WarnOfExpiry},
	)
	return nil
}

// announce tells the operator the password of the first administrator. It is
// the only place that ever does: only its hash is stored.
func announce(ctx context.Context, c ServeConfig, password string) {
	username := c.AdminUsername
	if username == "" {
		username = "admin"
	}
	slog.WarnContext(ctx, "created the first administrator; this is shown only once, so sign in and change it now",
		"username", username, "password", password)
}

// principal says who is asking the Admin API. A session counts only for
// requests that no other site made the browser send.
func (s *Server) principal(r *http.Request) (access.Principal, error) {
	p, err := s.auth.Principal(r.Context(), auth.RequestOf(r.Header, web.ClientIP(r)), authapi.Session(r))
	if err == nil && p.SessionID != "" {
		err = s.signIn.SameOrigin(r)
	}
	return p, err
}
