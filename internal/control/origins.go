package control

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/burgeehq/burgee/internal/store"
)

// SettingFrontendOrigins is the name of the setting with the web origins whose
// pages may call the front-end API: a JSON list of texts.
const SettingFrontendOrigins = "frontend.origins"

// FrontendOrigins returns the web origins whose pages may call the front-end
// API, as somebody set them; nil when nobody ever did.
func (c *Control) FrontendOrigins(ctx context.Context) ([]string, error) {
	text, err := view(ctx, c, func(tx *store.Tx) (string, error) { return tx.Setting(ctx, SettingFrontendOrigins) })
	if err != nil || text == "" {
		return nil, err
	}
	origins := []string{}
	if err := json.Unmarshal([]byte(text), &origins); err != nil {
		return nil, fmt.Errorf("reading the setting %s: %w", SettingFrontendOrigins, err)
	}
	return origins, nil
}
