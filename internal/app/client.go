package app

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/web"
)

// tokenVariable holds the secret that commands send to a server. There is no
// flag for it: arguments are seen by everybody on the machine.
const tokenVariable = "BURGEE_TOKEN"

// Remote says which server a command talks to, and with which token.
type Remote struct {
	URL       string `name:"url" help:"Address of the server." default:"http://localhost:4242" env:"BURGEE_URL"`
	TokenFile string `help:"File with the admin token or personal access token to use; without it, the variable BURGEE_TOKEN is read." env:"BURGEE_TOKEN_FILE" placeholder:"FILE"`
}

const (
	clientTimeout = 30 * time.Second // of a whole request
	maxAnswer     = 64 << 20         // bytes
)

// apiClient calls the Admin API.
type apiClient struct {
	base   string // of the server, without a slash at the end
	secret string
	cookie string // of a session, instead of a secret
	http   *http.Client
	close  func() error // releases what the calls need
}

// connect prepares calls to the server. It sends nothing.
func (r Remote) connect(streams Streams) (*apiClient, error) {
	return r.connectWith(streams, r.secret)
}

// connectWith is connect with another way to a secret.
func (r Remote) connectWith(streams Streams, secretOf func() (string, error)) (*apiClient, error) {
	address, err := url.Parse(r.URL)
	if err != nil || address.Host == "" || (address.Scheme != "http" && address.Scheme != "https") {
		return nil, fmt.Errorf("--url must be the address of a server, such as https://flags.example.org")
	}
	if address.User != nil {
		return nil, fmt.Errorf("--url must not hold a user or password: set %s or --token-file", tokenVariable)
	}
	secret, err := secretOf()
	if err != nil {
		return nil, err
	}
	if address.Scheme == "http" && !local(address.Hostname()) {
		_, _ = fmt.Fprintf(streams.Err, "warning: %s is not encrypted: everybody on the way can read the token\n", address.Redacted())
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: clientTimeout / 3, ForceAttemptHTTP2: true,
	}
	base := strings.TrimSuffix(strings.TrimRight(address.Scheme+"://"+address.Host+address.EscapedPath(), "/"), "/api")
	return newClient(base, secret, transport, func() error {
		transport.CloseIdleConnections()
		return nil
	}), nil
}

func newClient(base, secret string, transport http.RoundTripper, release func() error) *apiClient {
	return &apiClient{base: base, secret: secret, close: release, http: &http.Client{
		Transport: transport, Timeout: clientTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// secret returns the token to send.
func (r Remote) secret() (string, error) {
	secret := os.Getenv(tokenVariable)
	if r.TokenFile != "" {
		content, err := os.ReadFile(r.TokenFile)
		if err != nil {
			return "", fmt.Errorf("reading --token-file: %w", err)
		}
		secret = string(content)
	}
	secret = strings.TrimSpace(secret)
	if secret == "" {
		return "", fmt.Errorf("no token: set %s or --token-file to an admin token or a personal access token", tokenVariable)
	}
	return secret, nil
}

// call sends a request below /api/admin and decodes the answer into a value,
// unless that is nil. It never follows a redirect with the token.
func (c *apiClient) call(ctx context.Context, method, path string, body, into any) error {
	_, err := c.send(ctx, method, "/api/admin"+path, body, into)
	return err
}

// send is call for any path, and returns the header of the answer too.
func (c *apiClient) send(ctx context.Context, method, path string, body, into any) (http.Header, error) {
	var content io.Reader = http.NoBody
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("encoding the request: %w", err)
		}
		content = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, content)
	if err != nil {
		return nil, fmt.Errorf("making the request: %w", err)
	}
	if c.cookie != "" {
		request.Header.Set("Cookie", c.cookie)
	} else {
		request.Header.Set("Authorization", c.secret)
	}
	request.Header.Set("User-Agent", "burgee")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("asking the server: %w", withoutURL(err))
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("reading the server's answer: %w", err)
	}
	if response.StatusCode < 200 || response.StatusCode > 299 {
		return nil, refusal(response, raw)
	}
	if into == nil {
		return response.Header, nil
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return nil, fmt.Errorf("%s does not answer as Burgee does; is --url right? %w", c.base, err)
	}
	return response.Header, nil
}

// withoutURL drops the address, whose path may name a token.
func withoutURL(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

// refusal is the error for an answer that is none of success.
func refusal(response *http.Response, raw []byte) error {
	if to := response.Header.Get("Location"); to != "" && response.StatusCode < http.StatusBadRequest {
		return fmt.Errorf("the server redirects to %s: give that address as --url if you trust it", printable(to))
	}
	var body web.ErrorBody
	if err := json.Unmarshal(raw, &body); err != nil || body.Message == "" {
		return fmt.Errorf("the server answered %s", printable(response.Status))
	}
	message := body.Message
	if len(body.Details) > 0 && body.Details[0].Message != "" {
		message = body.Details[0].Message
	}
	return fmt.Errorf("the server answered %s: %s", printable(response.Status), printable(message))
}
