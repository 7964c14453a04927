package edge

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/token"
)

// clientSpec is the version of the client specification that downloads are
// asked for: segments in a list of their own.
const clientSpec = "5.2.0"

const (
	// maxDocument bounds a download, in bytes after decompression.
	maxDocument = 64 << 20
	// maxSmallAnswer bounds every other answer, in bytes.
	maxSmallAnswer = 4 << 20
	// maxIdleBody bounds what is read of an answer that nobody needs.
	maxIdleBody = 64 << 10
	// maxWait bounds how long a server above may tell us to wait.
	maxWait = 10 * time.Minute
)

// UpstreamOptions say which server is above and how to talk to it.
type UpstreamOptions struct {
	// URL is its address without /api and without a slash at the end.
	URL string
	// App, Instance and Version are what we say we are.
	App, Instance, Version string
	// TokenHeader is where tokens go; empty for Authorization.
	TokenHeader string
	// Headers go with every request.
	Headers map[string]string
	// TLS is nil for the defaults.
	TLS *tls.Config
	// Interval is told as how often we ask.
	Interval time.Duration
	// ConnectTimeout and Timeout bound the connecting and the whole of a request;
	// 5 s each when zero. A stream is bounded by its silence instead.
	ConnectTimeout, Timeout time.Duration
	// KeepAlive is between probes of idle connections; 15 s when zero.
	KeepAlive time.Duration
}

// Upstream is the server above an edge: Burgee, another edge, or a server that
// speaks as Unleash does. It is safe for concurrent use.
type Upstream struct {
	options UpstreamOptions
	client  *http.Client // without a timeout of its own
}

// NewUpstream returns a client. It uses the proxies of the environment
// (HTTP_PROXY, HTTPS_PROXY, NO_PROXY).
func NewUpstream(o UpstreamOptions) (*Upstream, error) {
	address, err := url.Parse(o.URL)
	if err != nil || address.Host == "" || (address.Scheme != "http" && address.Scheme != "https") {
		return nil, fmt.Errorf("the address of the server above must be as in https://flags.example.com, without /api")
	}
	o.URL = strings.TrimRight(o.URL, "/")
	if o.TokenHeader == "" {
		o.TokenHeader = "Authorization"
	}
	for _, limit := range []struct {
		value    *time.Duration
		standard time.Duration
	}{{&o.ConnectTimeout, 5 * time.Second}, {&o.Timeout, 5 * time.Second}, {&o.KeepAlive, 15 * time.Second}} {
		if *limit.value == 0 {
			*limit.value = limit.standard
		}
	}
	dialer := &net.Dialer{Timeout: o.ConnectTimeout, KeepAlive: o.KeepAlive}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, TLSClientConfig: o.TLS,
		TLSHandshakeTimeout: o.ConnectTimeout, MaxIdleConnsPerHost: 8, IdleConnTimeout: time.Minute,
		ForceAttemptHTTP2: true, MaxResponseHeaderBytes: 64 << 10,
	}
	return &Upstream{options: o, client: &http.Client{
		Transport: transport,
		// A redirect would carry the token to wherever it points.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Close drops idle connections.
func (u *Upstream) Close() { u.client.CloseIdleConnections() }

// RefusalError is an answer of the server above other than success.
type RefusalError struct {
	Status int
	Wait   time.Duration // what it asks for, at most 10 minutes; 0: nothing
}

// Error implements error. What the server said beyond the status may be
// anything, and is not repeated.
func (r *RefusalError) Error() string {
	return "the server above answers " + strconv.Itoa(r.Status) + " " + http.StatusText(r.Status)
}

// refusal returns the refusal in an error; nil when it is none.
func refusal(err error) *RefusalError {
	var r *RefusalError
	if errors.As(err, &r) {
		return r
	}
	return nil
}

// unauthorised reports whether an answer means that the token is not accepted.
func (r *RefusalError) unauthorised() bool {
	return r != nil && (r.Status == http.StatusUnauthorized || r.Status == http.StatusForbidden)
}

func refused(answer *http.Response) error {
	r := &RefusalError{Status: answer.StatusCode}
	if seconds, err := strconv.Atoi(strings.TrimSpace(answer.Header.Get("Retry-After"))); err == nil && seconds > 0 {
		r.Wait = min(time.Duration(min(seconds, 1<<20))*time.Second, maxWait)
	}
	return r
}

// request makes a request with what every one carries. Without a secret it
// carries no token.
func (u *Upstream) request(ctx context.Context, method, path, secret string, body []byte) (*http.Request, error) {
	var reader io.Reader = http.NoBody
	if body != nil {
		reader = bytes.NewReader(body)
	}
	r, err := http.NewRequestWithContext(ctx, method, u.options.URL+path, reader)
	if err != nil {
		return nil, fmt.Errorf("making a request for the server above: %w", err)
	}
	for name, value := range u.options.Headers {
		r.Header.Set(name, value)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if secret != "" {
		r.Header.Set(u.options.TokenHeader, secret)
	}
	r.Header.Set("Unleash-Appname", u.options.App)
	r.Header.Set("Unleash-Instanceid", u.options.Instance)
	r.Header.Set("Unleash-Connection-Id", u.options.Instance)
	r.Header.Set("Unleash-Sdk", "burgee-edge:"+u.options.Version)
	r.Header.Set("Unleash-Client-Spec", clientSpec)
	r.Header.Set("Unleash-Interval", strconv.FormatInt(u.options.Interval.Milliseconds(), 10))
	r.Header.Set("User-Agent", "burgee-edge/"+u.options.Version)
	return r, nil
}

// do sends a request and returns an answer that is a success or 304. The caller
// closes its body.
func (u *Upstream) do(r *http.Request) (*http.Response, error) {
	answer, err := u.client.Do(r)
	if err != nil {
		var failed *url.Error // names the address, which may hold a password
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return nil, fmt.Errorf("the server above cannot be reached: %w", err)
	}
	if answer.StatusCode == http.StatusNotModified || answer.StatusCode >= 200 && answer.StatusCode < 300 {
		return answer, nil
	}
	_ = answer.Body.Close()
	return nil, refused(answer)
}

// reply is an answer that was read to its end.
type reply struct {
	status int
	tag    string
	body   []byte
}

// exchange sends a request and reads the whole answer, at most limit bytes.
func (u *Upstream) exchange(r *http.Request, limit int64) (reply, error) {
	ctx, cancel := context.WithTimeout(r.Context(), u.options.Timeout)
	defer cancel()
	answer, err := u.do(r.WithContext(ctx))
	if err != nil {
		return reply{}, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(io.LimitReader(answer.Body, limit+1))
	switch {
	case err != nil:
		return reply{}, fmt.Errorf("reading what the server above sends: %w", err)
	case int64(len(body)) > limit:
		return reply{}, fmt.Errorf("the server above sends more than %d bytes", limit)
	}
	return reply{answer.StatusCode, answer.Header.Get("Etag"), body}, nil
}

// Download is what the server above sent for a token.
type Download struct {
	Body []byte // nil when nothing changed since the tag
	Tag  string // ETag, to be sent next time
}

// Features downloads the flags that a token may see: all, or nothing when they
// are those of the tag. The query narrows; it may be nil.
func (u *Upstream) Features(ctx context.Context, secret string, query url.Values, tag string) (Download, error) {
	return u.download(ctx, "/api/client/features", secret, query, tag)
}

// Delta downloads what changed since the tag.
func (u *Upstream) Delta(ctx context.Context, secret, tag string) (Download, error) {
	return u.download(ctx, "/api/client/delta", secret, nil, tag)
}

func (u *Upstream) download(ctx context.Context, path, secret string, query url.Values, tag string) (Download, error) {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	r, err := u.request(ctx, http.MethodGet, path, secret, nil)
	if err != nil {
		return Download{}, err
	}
	if tag != "" {
		r.Header.Set("If-None-Match", tag)
	}
	answer, err := u.exchange(r, maxDocument)
	switch {
	case err != nil:
		return Download{}, err
	case answer.status == http.StatusNotModified:
		return Download{Tag: tag}, nil
	case answer.status != http.StatusOK || len(answer.body) == 0:
		return Download{}, fmt.Errorf("the server above answers a download with %d and %d bytes", answer.status, len(answer.body))
	}
	return Download{Body: answer.body, Tag: answer.tag}, nil
}

// Post sends JSON with a token.
func (u *Upstream) Post(ctx context.Context, path, secret string, body []byte) error {
	r, err := u.request(ctx, http.MethodPost, path, secret, body)
	if err != nil {
		return err
	}
	_, err = u.exchange(r, maxSmallAnswer)
	return err
}

// Where tokens are tried: what is asked for holds nothing, or nearly so.
const (
	tryClient   = "/api/client/features?namePrefix=burgee-edge-asks-for-nothing"
	tryFrontend = "/api/frontend"
)

// accepts asks for flags with a token to see whether it is let in; what comes is
// not read. It returns the tag, to be sent next time.
func (u *Upstream) accepts(ctx context.Context, kind token.Kind, secret, tag string) (string, error) {
	path := tryClient
	if kind == token.Frontend {
		path = tryFrontend
	}
	ctx, cancel := context.WithTimeout(ctx, u.options.Timeout)
	defer cancel()
	r, err := u.request(ctx, http.MethodGet, path, secret, nil)
	if err != nil {
		return "", err
	}
	if tag != "" {
		r.Header.Set("If-None-Match", tag)
	}
	answer, err := u.do(r)
	if err != nil {
		return "", err
	}
	_, _ = io.CopyN(io.Discard, answer.Body, maxIdleBody) // so that the connection can be used again
	return answer.Header.Get("Etag"), answer.Body.Close() //nolint:wrapcheck // nothing was to be read
}

// wireVerdict is what a server says of a live secret. Servers other than Burgee
// send the first four fields only.
type wireVerdict struct {
	Token       string    `json:"token"`
	Type        string    `json:"type"`
	Environment string    `json:"environment"`
	Projects    *[]string `json:"projects"`
	Project     string    `json:"project"` // of older servers

	Expires   time.Time `json:"expiresAt"`
	Networks  []string  `json:"networks"`
	Origins   []string  `json:"origins"`
	PerSecond int       `json:"perSecond"`
}

// validate asks which secrets are live. It carries no token.
func (u *Upstream) validate(ctx context.Context, secrets []string) ([]wireVerdict, error) {
	question, err := json.Marshal(map[string][]string{"tokens": secrets})
	if err != nil {
		return nil, fmt.Errorf("asking about tokens: %w", err)
	}
	r, err := u.request(ctx, http.MethodPost, "/edge/validate", "", question)
	if err != nil {
		return nil, err
	}
	said, err := u.exchange(r, maxSmallAnswer)
	if err != nil {
		return nil, err
	}
	var answer struct {
		Tokens *[]wireVerdict `json:"tokens"`
	}
	if err := json.Unmarshal(said.body, &answer); err != nil {
		return nil, fmt.Errorf("the server above answers a question about tokens with what is no answer: %w", err)
	}
	if answer.Tokens == nil {
		return nil, errors.New("the server above answers a question about tokens without a list of tokens")
	}
	return *answer.Tokens, nil
}
