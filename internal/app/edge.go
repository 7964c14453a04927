package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/clientapi"
	"github.com/burgeehq/burgee/internal/edge"
	"github.com/burgeehq/burgee/internal/edgeapi"
	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/frontendapi"
	"github.com/burgeehq/burgee/internal/opsapi"
	"github.com/burgeehq/burgee/internal/snapshot"
	"github.com/burgeehq/burgee/internal/telemetry"
	"github.com/burgeehq/burgee/internal/token"
	"github.com/burgeehq/burgee/internal/usage"
	"github.com/burgeehq/burgee/internal/web"
)

// Edge is a running `burgee edge`.
type Edge struct {
	below

	config  EdgeConfig
	further *usage.Edges // that report here
	edges   *edgeapi.Handler
}

// NewEdge takes over what was kept, asks the server above about the tokens and
// begins to work. The caller must call Close, or Run, which closes.
func NewEdge(ctx context.Context, config EdgeConfig, now func() time.Time) (*Edge, error) {
	config.foreign(func(name, _, noted string) {
		if noted != "" {
			slog.WarnContext(ctx, "a setting has no effect", "setting", name, "reason", noted)
		}
	})
	if err := config.Validate(); err != nil {
		return nil, err
	}
	certificate, err := config.serverTLS()
	if err != nil {
		return nil, err
	}
	upstream, err := config.upstream()
	if err != nil {
		return nil, err
	}
	vault, err := config.vault()
	if err != nil {
		return nil, err
	}
	snapshots := snapshot.NewStore(eval.NewCompiler(eval.Options{Hostname: hostname(), Hash: eval.LowByte}))
	e := &Edge{config: config, further: usage.NewEdges(now)}
	e.host = host{listen: config.address(), basePath: config.base(), tls: certificate, streams: config.streams()}
	e.upstream, e.metrics, e.started = upstream, telemetry.NewMetrics(config.Version), now()
	e.edge = edge.New(edge.Options{
		Upstream: upstream, Snapshots: snapshots, Now: now, Tokens: trimmed(config.Tokens), Strict: config.Strict, Mode: config.mode(),
		Interval: seconds(config.RefreshInterval), Revalidate: seconds(config.Revalidation), Metrics: seconds(config.MetricsInterval),
		Vault: vault, File: config.Offline, Reload: seconds(config.ReloadInterval), Describe: e.instanceData,
	})
	if config.RedirectToTLS {
		e.beside = append(e.beside, e.redirect)
	}
	if err := e.countUsage(ctx, now, snapshots, seconds(config.MetricsInterval)); err != nil {
		return nil, err
	}
	e.trust()
	if err := e.begin(ctx); err != nil {
		return nil, err
	}
	e.mount(snapshots, now)
	e.beside = append(e.beside, atStop(e.edges.Stop))
	e.measure()
	return e, nil
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// trimmed is a list without spaces around its entries.
func trimmed(list []string) []string {
	all := make([]string, len(list))
	for i, text := range list {
		all[i] = strings.TrimSpace(text)
	}
	return all
}

// trust lets secrets in that the operator vouches for.
func (e *Edge) trust() {
	for _, secret := range trimmed(e.config.Pretrusted) {
		terms, _ := edge.TermsInText(secret, token.Frontend) // Validate has seen those that say nothing
		e.edge.Verdicts.Trust(secret, terms)
	}
	if e.config.Offline == "" {
		return
	}
	e.trustText(token.Client, slices.Concat(e.config.Tokens, e.config.ClientTokens))
	e.trustText(token.Frontend, e.config.FrontendTokens)
}

// trustText lets secrets in with what their text says; those that say nothing
// cover the environment development.
func (e *Edge) trustText(kind token.Kind, secrets []string) {
	for _, secret := range trimmed(secrets) {
		terms, ok := edge.TermsInText(secret, kind)
		if !ok {
			terms = auth.Terms{Kind: kind, Scope: token.Scope{AllProjects: true, Environment: string(feature.Development)}}
		}
		e.edge.Verdicts.Trust(secret, terms)
	}
}

func (e *Edge) mount(snapshots *snapshot.Store, now func() time.Time) {
	proxies, _ := e.config.trusted() // Validate has seen the error
	router := web.NewRouter()
	if e.config.DisableAll {
		router.Use(withoutAll)
	}
	router.NotFound(web.NotFound)
	router.MethodNotAllowed(web.NotFound)
	origins := &frontendapi.Origins{}
	origins.Set(trimmed(e.config.CORSOrigin))
	client := &clientapi.Handler{Auth: e.edge, Snapshots: snapshots, Usage: e.usage, Edges: e.further, Streams: e.streams, Version: e.config.Version, Tagless: true, ByPOST: true}
	client.Mount(router)
	frontend := &frontendapi.Handler{Auth: e.edge, Snapshots: snapshots, Usage: e.usage, Origins: origins, CORS: e.config.cors(), Streams: e.streams, Now: now, BasePath: e.basePath}
	frontend.Mount(router)
	e.edges = edgeapi.New(e.edge, now)
	e.edges.Mount(router)
	(&opsapi.Handler{Ready: e.ready, Metrics: e.metrics.Gatherer()}).Mount(router)
	e.backstage(snapshots).Mount(router)
	e.handler = e.fence(stack(e.metrics, proxies, e.basePath, router))
}

// cors is what browsers are told.
func (c CrossOrigin) cors() frontendapi.CORS {
	all := func(list []string) string {
		if joined := strings.Join(trimmed(list), ","); joined != "*" {
			return joined
		}
		return ""
	}
	return frontendapi.CORS{Methods: all(c.CORSMethods), Headers: all(c.CORSHeaders), Expose: all(c.CORSExposed), MaxAge: c.CORSMaxAge}
}

// withoutAll hides what answers with flags that are off.
func withoutAll(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, prefix := range []string{"/api/frontend/all", "/api/proxy/all", "/proxy/all"} {
			if rest, found := strings.CutPrefix(r.URL.Path, prefix); found && rest == "" {
				web.NotFound(w, r)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// redirect sends clients of the plain port to HTTPS, until the context ends.
func (e *Edge) redirect(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort(e.config.Interface, strconv.Itoa(int(e.config.Port))))
	if err != nil {
		return fmt.Errorf("listening for clients without TLS: %w", err)
	}
	_, port, _ := net.SplitHostPort(e.listen) // Validate has seen the error
	server := &http.Server{ReadHeaderTimeout: headerTimeout, MaxHeaderBytes: maxHeaderBytes, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		target := url.URL{Scheme: "https", Host: net.JoinHostPort(strings.Trim(host, "[]"), port), Path: r.URL.Path, RawQuery: r.URL.RawQuery}
		http.Redirect(w, r, target.String(), http.StatusPermanentRedirect)
	})}
	stopped := context.AfterFunc(ctx, func() { _ = server.Close() }) // a redirect is not worth waiting for
	defer stopped()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving clients without TLS: %w", err)
	}
	return nil
}

// ready returns a fault that says why requests should not be sent here.
func (e *Edge) ready(ctx context.Context) error {
	if e.stopping.Load() {
		return fault.New(fault.Unavailable, "the server is stopping")
	}
	return e.edge.Ready(ctx)
}

// fence keeps peers out that are not to come, and puts the token where the doors
// look for it.
func (e *Edge) fence(next http.Handler) http.Handler {
	allowed, _ := prefixes("", e.config.AllowList) // Validate has seen the errors
	denied, _ := prefixes("", e.config.DenyList)
	header := e.config.AuthHeader
	if e.config.TokenHeader != "" {
		header = e.config.TokenHeader
	}
	if len(allowed)+len(denied) == 0 && header == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(allowed)+len(denied) > 0 {
			peer, err := netip.ParseAddrPort(r.RemoteAddr)
			inside := func(p netip.Prefix) bool { return p.Contains(peer.Addr().Unmap().WithZone("")) }
			if err != nil || len(allowed) > 0 && !slices.ContainsFunc(allowed, inside) || slices.ContainsFunc(denied, inside) {
				w.WriteHeader(http.StatusForbidden)
				return
			}
		}
		if header != "" && !strings.EqualFold(header, "Authorization") {
			r.Header.Set("Authorization", r.Header.Get(header))
		}
		next.ServeHTTP(w, r)
	})
}

// serverTLS reads the certificate; nil when none is configured.
func (c EdgeConfig) serverTLS() (*tls.Config, error) {
	if !c.TLSEnable {
		return nil, nil //nolint:nilnil // no TLS is a choice, not a failure
	}
	return loadTLS(c.TLSServerCert, c.TLSServerKey)
}

// upstream is the server above; nil offline.
func (c EdgeConfig) upstream() (*edge.Upstream, error) {
	if c.Offline != "" {
		return nil, nil //nolint:nilnil // there is none
	}
	trust, err := c.upstreamTLS()
	if err != nil {
		return nil, err
	}
	headers, err := c.headers()
	if err != nil {
		return nil, err
	}
	header := c.UpstreamAuthHeader
	if c.TokenHeader != "" {
		header = c.TokenHeader
	}
	upstream, err := edge.NewUpstream(edge.UpstreamOptions{
		URL: withoutAPI(c.UpstreamURL), App: c.AppName, Instance: c.instance(), Version: c.Version, TokenHeader: header, Headers: headers, TLS: trust,
		Interval: seconds(c.RefreshInterval), ConnectTimeout: seconds(c.ConnectTimeout), Timeout: seconds(c.SocketTimeout), KeepAlive: seconds(c.KeepAlive),
	})
	if err != nil {
		return nil, fmt.Errorf("--upstream-url: %w", err)
	}
	return upstream, nil
}

// withoutAPI is the address of a server without /api and slashes at its end.
func withoutAPI(text string) string {
	return strings.TrimSuffix(strings.TrimRight(strings.TrimSpace(text), "/"), "/api")
}

// upstreamTLS is how to talk to the server above by HTTPS; nil for the defaults.
func (c EdgeConfig) upstreamTLS() (*tls.Config, error) {
	if !c.SkipVerification && c.CertificateFile == "" && c.ClientCertificate == "" && c.ClientPEM == "" {
		return nil, nil //nolint:nilnil // the defaults
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: c.SkipVerification} //nolint:gosec // the operator asks for it
	if c.CertificateFile != "" {
		var err error
		if config.RootCAs, err = certificates("--upstream-certificate-file", c.CertificateFile); err != nil {
			return nil, err
		}
	}
	certificate, key := c.ClientCertificate, c.ClientKey
	if certificate == "" {
		certificate, key = c.ClientPEM, c.ClientPEM
	}
	if certificate != "" {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return nil, fmt.Errorf("reading our certificate for the server above: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// certificates are the system's and those of a file.
func certificates(flag, file string) (*x509.CertPool, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", flag, err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(content) {
		return nil, fmt.Errorf("%s: %s holds no certificate in PEM", flag, file)
	}
	return pool, nil
}

// SetLog makes the process log to standard error. Call it once, before
// [NewEdge].
func (c EdgeConfig) SetLog() error {
	level, err := telemetry.ParseLevel(c.LogLevel)
	if err != nil {
		return fmt.Errorf("--log-level: %w", err)
	}
	if c.LogFormat == "" {
		telemetry.SetLogger(os.Stderr, level)
	} else {
		telemetry.SetFormat(os.Stderr, level, c.LogFormat != "json")
	}
	return nil
}
