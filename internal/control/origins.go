package control

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/store"
)

// The types of events about settings.
const (
	eventSettingCreated = "setting-created"
	eventSettingUpdated = "setting-updated"
)

// maxOrigins bounds the web origins that somebody can set.
const maxOrigins = 1000

// SettingFrontendOrigins is the name of the setting with the web origins whose
// pages may call the front-end API: a JSON list of texts.
const SettingFrontendOrigins = "frontend.origins"

// FrontendOrigins returns the web origins whose pages may call the front-end
// API, as somebody set them; nil when nobody ever did.
func (c *Control) FrontendOrigins(ctx context.Context) ([]string, error) {
	return view(ctx, c, func(tx *store.Tx) ([]string, error) { return frontendOrigins(ctx, tx) })
}

func frontendOrigins(ctx context.Context, tx *store.Tx) ([]string, error) {
	text, err := tx.Setting(ctx, SettingFrontendOrigins)
	if err != nil || text == "" {
		return nil, err
	}
	origins := []string{}
	if err := json.Unmarshal([]byte(text), &origins); err != nil {
		return nil, fmt.Errorf("reading the setting %s: %w", SettingFrontendOrigins, err)
	}
	return origins, nil
}

// originsEvent is what the event log keeps of the web origins.
type originsEvent struct {
	ID      string   `json:"id"`
	Origins []string `json:"frontendApiOrigins"`
}

// SetFrontendOrigins sets the web origins whose pages may call the front-end
// API: each "*" or exactly what a browser sends in the Origin header. None
// means all.
func (c *Control) SetFrontendOrigins(ctx context.Context, actor access.Principal, origins []string) error {
	if len(origins) > maxOrigins {
		return fault.Field("/body/frontendApiOrigins", "frontendApiOrigins must not be more than %d", maxOrigins)
	}
	unique := []string{}
	for i, origin := range origins {
		if origin != "*" && !isOrigin(origin) {
			return fault.Field("/body/frontendApiOrigins/"+strconv.Itoa(i),
				"frontendApiOrigins must be * or web origins such as https://app.example.com:8443: lower case, no path, no default port; %q is not", origin)
		}
		if !slices.Contains(unique, origin) {
			unique = append(unique, origin)
		}
	}
	text, err := json.Marshal(unique)
	if err != nil {
		return fmt.Errorf("encoding the web origins: %w", err)
	}
	return c.DB.Update(ctx, func(tx *store.Tx) error {
		before, err := frontendOrigins(ctx, tx)
		if err != nil {
			return err
		}
		if before != nil && slices.Equal(before, unique) {
			return nil
		}
		if err := tx.PutSetting(ctx, SettingFrontendOrigins, string(text)); err != nil {
			return err
		}
		if err := tx.Touch(ctx, store.NounSetting, SettingFrontendOrigins); err != nil {
			return err
		}
		event, pre := eventSettingCreated, any(nil)
		if before != nil {
			event, pre = eventSettingUpdated, originsEvent{SettingFrontendOrigins, before}
		}
		return tx.Record(ctx, actor, store.Event{Type: event}, pre, originsEvent{SettingFrontendOrigins, unique})
	})
}

// isOrigin reports whether a text is a web origin as browsers write it
// (RFC 6454, section 6.2).
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Scheme+"://"+u.Host != text {
		return false
	}
	host, port := u.Hostname(), u.Port()
	const bytesOfHost = "abcdefghijklmnopqrstuvwxyz0123456789-._:" // a colon in an IPv6 address
	switch {
	case host == "", strings.Trim(host, bytesOfHost) != "", strings.HasSuffix(u.Host, ":"):
		return false
	case port == "":
		return true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	standard := map[string]uint64{"http": 80, "https": 443}[u.Scheme]
	return err == nil && n != standard && strconv.FormatUint(n, 10) == port
}
