package edge

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"time"

	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/token"
)

// file serves flags from a file, in the place of a server above.
type file struct {
	path      string
	catalogue *Catalogue
	// environments returns those of the tokens that are let in: a file that names
	// none is for all of them.
	environments func() []string
	failed       func() // is told of each look at a file that cannot be used

	hash   [sha256.Size]byte
	served map[string]bool
}

// load reads the file, and serves what is in it if that is not what it was.
func (f *file) load() error {
	info, err := os.Stat(f.path)
	if err != nil {
		return fmt.Errorf("the file of flags: %w", err)
	}
	if info.Size() > maxDocument {
		return fmt.Errorf("the file of flags %s is larger than %d bytes", f.path, maxDocument)
	}
	raw, err := os.ReadFile(f.path)
	if err != nil {
		return fmt.Errorf("the file of flags: %w", err)
	}
	hash := sha256.Sum256(raw)
	if hash == f.hash {
		return nil
	}
	documents, err := readFile(raw, f.environments())
	if err != nil {
		return fmt.Errorf("the file of flags %s: %w", f.path, err)
	}
	f.hash = hash
	for environment, d := range documents {
		f.catalogue.Put(fileID(environment), token.Scope{AllProjects: true, Environment: environment}, d, Touched{All: true})
	}
	for environment := range f.served {
		if documents[environment] == nil {
			f.catalogue.Remove(fileID(environment))
		}
	}
	f.served = make(map[string]bool, len(documents))
	for environment := range documents {
		f.served[environment] = true
	}
	return nil
}

// fileID stands for the token that a download would have been made with.
func fileID(environment string) token.Digest { return token.DigestOf("file " + environment) }

// follow looks at the interval whether the file has changed. What it does not
// understand changes nothing.
func (f *file) follow(ctx context.Context, interval time.Duration) {
	broken := ""
	for sleep(ctx, interval) {
		err := f.load()
		if err != nil {
			f.failed()
		}
		switch {
		case err == nil:
			broken = ""
		case err.Error() != broken:
			broken = err.Error()
			slog.WarnContext(ctx, "the file of flags cannot be used; what was in it is served on", "error", err)
		}
	}
}

// readFile reads a file of flags, by environment:
//
//   - {"environments": {"production": DOWNLOAD, …}}
//   - [["production", DOWNLOAD], …], as Unleash Edge keeps them
//   - DOWNLOAD, what GET /api/client/features answers, for the environments given
//   - {"flag": {"enabled": true, "variant": {…}}, …}, for the environments given
func readFile(raw []byte, environments []string) (map[string]*Document, error) {
	all := map[string]*Document{}
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("[")) {
		var pairs [][2]json.RawMessage
		if err := json.Unmarshal(raw, &pairs); err != nil {
			return nil, fmt.Errorf("it must hold pairs of an environment and its flags: %w", err)
		}
		for _, pair := range pairs {
			var environment string
			if err := json.Unmarshal(pair[0], &environment); err != nil {
				return nil, fmt.Errorf("the first of each pair must be the name of an environment: %w", err)
			}
			if err := readInto(all, pair[1], environment); err != nil {
				return nil, err
			}
		}
		return all, nil
	}
	var whole map[string]json.RawMessage
	if err := json.Unmarshal(raw, &whole); err != nil {
		return nil, fmt.Errorf("it must hold JSON: %w", err)
	}
	if several := whole["environments"]; several != nil && whole["features"] == nil {
		var named map[string]json.RawMessage
		if err := json.Unmarshal(several, &named); err != nil {
			return nil, fmt.Errorf("environments must be an object of flags by environment: %w", err)
		}
		for environment, one := range named {
			if err := readInto(all, one, environment); err != nil {
				return nil, err
			}
		}
		return all, nil
	}
	for _, environment := range environments {
		if err := readInto(all, raw, environment); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// readInto reads what is served in one environment: a download, or flags that
// are on or off.
func readInto(all map[string]*Document, raw []byte, environment string) error {
	var is struct {
		Features *json.RawMessage `json:"features"`
	}
	if err := json.Unmarshal(raw, &is); err != nil {
		return fmt.Errorf("the flags of %s must be an object: %w", environment, err)
	}
	var d *Document
	var err error
	if is.Features != nil {
		d, err = ReadDocument(raw, token.Scope{AllProjects: true}) // of whatever environment: the operator put it there
	} else {
		d, err = readSimple(raw)
	}
	if err != nil {
		return err
	}
	all[environment] = d
	return nil
}

// simpleFlag is a flag that is on or off for everybody.
type simpleFlag struct {
	Enabled *bool            `json:"enabled"`
	Variant *feature.Variant `json:"variant"`
}

func readSimple(raw []byte) (*Document, error) {
	var flags map[feature.Name]*simpleFlag
	if err := json.Unmarshal(raw, &flags); err != nil {
		return nil, fmt.Errorf("it must hold what a download does, or flags as {\"name\": {\"enabled\": true}}: %w", err)
	}
	views := make([]feature.View, 0, len(flags))
	for name, flag := range flags {
		if flag == nil || flag.Enabled == nil || name == "" {
			return nil, fmt.Errorf("the flag %q must say whether it is enabled", name)
		}
		view := feature.View{
			Name: name, Type: "release", Enabled: *flag.Enabled, Project: feature.DefaultProject,
			Strategies: []feature.Strategy{{Name: "default", Parameters: map[string]string{}}},
		}
		if v := flag.Variant; v != nil {
			one := *v
			one.Weight, one.WeightType = feature.WholeWeight, feature.Fix
			view.Variants = []feature.Variant{one}
		}
		views = append(views, view)
	}
	d := everything(1, views, nil)
	return &d, nil
}

// trustedEnvironments are those of the secrets that are let in whatever the
// server above says.
func (v *Verdicts) trustedEnvironments() []string {
	v.mu.RLock()
	defer v.mu.RUnlock()
	var all []string
	for _, entry := range v.known {
		if entry.pinned {
			all = append(all, entry.grant.Scope.Environment)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
