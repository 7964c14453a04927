package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"

	"github.com/burgeehq/burgee/internal/opsapi"
)

// ProfileConfig says where developers read profiles of a running process.
type ProfileConfig struct {
	ProfileListen string `help:"Loopback address that serves profiles of the process (pprof), such as 127.0.0.1:6060; none are served without." env:"BURGEE_PROFILE_LISTEN"`
}

// validate refuses an address that others than this machine can reach:
// profiles show what is in memory.
func (c ProfileConfig) validate() error {
	if c.ProfileListen == "" {
		return nil
	}
	address, err := netip.ParseAddrPort(c.ProfileListen)
	if err != nil || !address.Addr().Unmap().IsLoopback() {
		return fmt.Errorf("--profile-listen %q must be a loopback address with a port, such as 127.0.0.1:6060 or [::1]:6060", c.ProfileListen)
	}
	return nil
}

// serveProfiles serves profiles until ctx ends, if it is to.
func (c ProfileConfig) serveProfiles(ctx context.Context) error {
	if c.ProfileListen == "" {
		return nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.ProfileListen)
	if err != nil {
		return fmt.Errorf("listening on --profile-listen: %w", err)
	}
	slog.InfoContext(ctx, "profiles can be read", "url", "http://"+listener.Addr().String()+opsapi.ProfilePath)
	server := &http.Server{ReadHeaderTimeout: headerTimeout, Handler: opsapi.Profiles()} // no write timeout: a profile takes as long as it is asked to
	defer context.AfterFunc(ctx, func() { _ = server.Close() })()                        // a profile is not worth waiting for
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving profiles: %w", err)
	}
	return nil
}
