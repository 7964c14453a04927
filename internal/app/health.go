package app

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

// HealthConfig is every setting of `burgee health`.
type HealthConfig struct {
	URL string `name:"url" help:"Address to ask." default:"http://localhost:4242/health" env:"BURGEE_HEALTH_URL"`
}

// healthTimeout bounds the whole question.
const healthTimeout = 5 * time.Second

// Health asks a running server whether it is well, for containers without
// curl. It returns nil for status 200 and says on out what the server said. The
// certificate of a server on this machine is not verified: it is made for the
// name that others know.
func Health(ctx context.Context, config HealthConfig, out io.Writer) error {
	address, err := url.Parse(config.URL)
	if err != nil || address.Host == "" {
		return fmt.Errorf("--url %q is no address such as http://localhost:4242/health", config.URL)
	}
	return probe(ctx, address, &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: local(address.Hostname()), //nolint:gosec // see above; never for another machine
	}, out)
}

// probe asks an address and says on out what it said; nil for status 200.
func probe(ctx context.Context, address *url.URL, trust *tls.Config, out io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), http.NoBody)
	if err != nil {
		return fmt.Errorf("asking %s: %w", address.Redacted(), err)
	}
	transport := &http.Transport{TLSClientConfig: trust}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return fmt.Errorf("no answer: %w", err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(answer.Body, 4096))
	if err != nil {
		return fmt.Errorf("reading the answer: %w", err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answered %s: %s", address.Redacted(), answer.Status, body)
	}
	_, err = fmt.Fprintf(out, "%s\n", body)
	return err
}

// local reports whether a host is this machine.
func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
