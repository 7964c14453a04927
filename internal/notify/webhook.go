package notify

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
	"github.com/burgeehq/burgee/internal/token"
)

// maxAnswer is how much of an answer is read, so that the connection can be
// used again. It is not kept.
const maxAnswer = 16 << 10

// Networks are ranges of addresses.
type Networks []netip.Prefix

// allow returns an error for an address that is not public and in none of the
// networks. It decides on addresses, not names: a name may mean another address
// each time it is looked up.
func (n Networks) allow(address netip.Addr) error {
	address = address.Unmap().WithZone("")
	for _, network := range n {
		if network.Contains(address) {
			return nil
		}
	}
	carrier, benchmark := netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("198.18.0.0/15")
	nat64 := netip.MustParsePrefix("64:ff9b::/96")
	if !address.IsGlobalUnicast() || address.IsPrivate() || carrier.Contains(address) || benchmark.Contains(address) || nat64.Contains(address) {
		return errors.New("the address is not public; --webhook-networks says to which others events may be sent")
	}
	return nil
}

// webhook is where and how events are sent.
type webhook struct {
	url         string
	contentType string
	headers     map[string]string
	secret      string
	client      *http.Client
}

// hook opens an integration. Its errors hold no secret.
func (h *Hooks) hook(i store.Integration) (webhook, error) {
	values := map[string]string{}
	for name, kept := range i.Secrets {
		var err error
		if values[name], err = token.Kept(h.Sealer, kept, i.SealID(name)); err != nil {
			return webhook{}, fmt.Errorf("the parameter %s cannot be opened: the key that sealed it is missing in BURGEE_SEAL_KEY", name)
		}
	}
	w := webhook{
		url: values["url"], secret: values["secret"], contentType: cmp.Or(i.Parameters["contentType"], "application/json"),
		headers: map[string]string{}, client: h.client(),
	}
	if text := values["customHeaders"]; text != "" {
		if err := json.Unmarshal([]byte(text), &w.headers); err != nil {
			return w, errors.New("customHeaders are not a JSON object of texts")
		}
	}
	if values["authorization"] != "" {
		w.headers["Authorization"] = values["authorization"]
	}
	return w, nil
}

// client calls only where it may, follows no redirect, and uses no proxy, which
// would hide where a call goes.
func (h *Hooks) client() *http.Client {
	dialer := &net.Dialer{Timeout: hookTimeout, ControlContext: func(_ context.Context, _, address string, _ syscall.RawConn) error {
		to, err := netip.ParseAddrPort(address)
		if err != nil {
			return fmt.Errorf("reading the address: %w", err)
		}
		return h.Networks.allow(to.Addr())
	}}
	return &http.Client{
		Timeout:       hookTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true, TLSHandshakeTimeout: hookTimeout, MaxResponseHeaderBytes: maxAnswer},
	}
}

// message is an event as it is sent.
type message struct {
	ID              int64                   `json:"id"`
	CreatedAt       time.Time               `json:"createdAt"`
	Type            string                  `json:"type"`
	CreatedBy       string                  `json:"createdBy"`
	CreatedByUserID int64                   `json:"createdByUserId"`
	Project         feature.ProjectID       `json:"project,omitempty"`
	Environment     feature.EnvironmentName `json:"environment,omitempty"`
	FeatureName     feature.Name            `json:"featureName,omitempty"`
	Data            json.RawMessage         `json:"data"`
	PreData         json.RawMessage         `json:"preData"`
	Tags            []feature.Tag           `json:"tags"`
}

// send sends one event. Its errors hold nothing of the address's path, the
// headers or the answer.
func (w webhook) send(ctx context.Context, e store.Event) error {
	body, err := json.Marshal(message{
		ID: e.ID, CreatedAt: e.CreatedAt, Type: e.Type, CreatedBy: e.CreatedBy, CreatedByUserID: e.CreatedByUserID,
		Project: e.Project, Environment: e.Environment, FeatureName: e.Feature, Data: e.Data, PreData: e.PreData, Tags: []feature.Tag{},
	})
	if err != nil {
		return fmt.Errorf("encoding the event: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.url, bytes.NewReader(body))
	if err != nil {
		return errors.New("the url cannot be used")
	}
	for name, value := range w.headers {
		request.Header.Set(name, value)
	}
	request.Header.Set("Content-Type", w.contentType)
	request.Header.Set("User-Agent", "burgee")
	request.Header.Set("Burgee-Event", e.Type)
	request.Header.Set("Burgee-Event-Id", strconv.FormatInt(e.ID, 10))
	if w.secret != "" {
		sum := hmac.New(sha256.New, []byte(w.secret))
		_, _ = sum.Write(body) // a hash never fails
		request.Header.Set("Burgee-Signature", "sha256="+hex.EncodeToString(sum.Sum(nil)))
	}
	answer, err := w.client.Do(request)
	if err != nil {
		return withoutAddress(err)
	}
	defer func() { _ = answer.Body.Close() }() // nobody reads it
	_, _ = io.CopyN(io.Discard, answer.Body, maxAnswer)
	switch {
	case answer.StatusCode >= http.StatusMultipleChoices && answer.StatusCode < http.StatusBadRequest:
		return fmt.Errorf("it answered with a redirect (%d), which is not followed", answer.StatusCode)
	case answer.StatusCode < http.StatusOK || answer.StatusCode >= http.StatusBadRequest:
		return fmt.Errorf("it answered with status %d", answer.StatusCode)
	}
	return nil
}

// withoutAddress leaves out where a call went: paths and queries hold secrets.
func withoutAddress(err error) error {
	var call *url.Error
	if errors.As(err, &call) {
		if call.Timeout() {
			return fmt.Errorf("there was no answer within %s", hookTimeout)
		}
		err = call.Err
	}
	var lookup *net.DNSError
	if errors.As(err, &lookup) {
		return errors.New("its name cannot be looked up")
	}
	var connection *net.OpError
	if errors.As(err, &connection) {
		return connection.Err
	}
	return err
}
