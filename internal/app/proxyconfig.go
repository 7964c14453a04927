package app

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"os/user"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/burgeehq/burgee/internal/frontendapi"
	"github.com/burgeehq/burgee/internal/telemetry"
	"github.com/burgeehq/burgee/internal/token"
)

// ProxyConfig is every setting of `burgee proxy`, by the names that they have
// in Unleash Proxy; docs/proxy.md lists them all. Durations are in
// milliseconds.
type ProxyConfig struct {
	// Version names the build; not a setting.
	Version string `kong:"-"`

	ProxyUpstream
	ProxyKeys
	ProxyListening
	ProxyCORS
	StreamConfig
	ProfileConfig
	ForeignProxySettings
}

// ProxyUpstream is the server above, and what of it is served.
type ProxyUpstream struct {
	UnleashURL         string `help:"Address of the server above, Burgee or Unleash, with or without /api." env:"UNLEASH_URL"`
	UnleashAPIToken    string `name:"unleash-api-token" help:"Client token for the server above." env:"UNLEASH_API_TOKEN"`
	UnleashAppName     string `help:"What this proxy calls itself, and applications that do not say their name." default:"unleash-proxy" env:"UNLEASH_APP_NAME"`
	UnleashInstanceID  string `help:"Which of several it is; user and host by default." env:"UNLEASH_INSTANCE_ID"`
	RefreshInterval    int    `help:"Milliseconds between polls; a Burgee above tells at once instead." default:"5000" env:"UNLEASH_FETCH_INTERVAL"`
	MetricsInterval    int    `help:"Milliseconds between bodies of usage." default:"30000" env:"UNLEASH_METRICS_INTERVAL"`
	MetricsJitter      int    `help:"Milliseconds, by chance, that a body of usage may be late." default:"0" env:"UNLEASH_METRICS_JITTER"`
	Environment        string `help:"What every context says its environment is." env:"UNLEASH_ENVIRONMENT"`
	ProjectName        string `help:"Serve flags of this project only." env:"UNLEASH_PROJECT_NAME"`
	NamePrefix         string `help:"Serve flags only whose names begin so." env:"UNLEASH_NAME_PREFIX"`
	Tags               string `help:"Serve flags only with one of these tags, as type:value,type:value." env:"UNLEASH_TAGS"`
	RejectUnauthorized truth  `name:"http-options-reject-unauthorized" help:"Believe only certificates that can be verified." default:"true" env:"HTTP_OPTIONS_REJECT_UNAUTHORIZED"`
	BackupFolder       string `help:"Folder for what is known, encrypted with the token: the proxy then starts without the server above." env:"BACKUP_FOLDER"`
}

// ProxyKeys are what clients show.
type ProxyKeys struct {
	ClientKeys   string `help:"Keys of clients, with commas between them: any strings." env:"UNLEASH_PROXY_CLIENT_KEYS"`
	ProxySecrets string `help:"The same by its older name; --client-keys wins." env:"UNLEASH_PROXY_SECRETS"`
	ServerTokens string `name:"server-side-sdk-config-tokens" help:"Keys of server SDKs that download definitions at /proxy/client/features, with commas between them." env:"EXP_SERVER_SIDE_SDK_CONFIG_TOKENS"`
	KeyHeader    string `name:"client-keys-header-name" help:"Header in which clients send their key." default:"authorization" env:"CLIENT_KEY_HEADER_NAME"`
}

// ProxyListening is how a proxy is reached.
type ProxyListening struct {
	Listen        string `help:"Address to listen on, host:port; instead of --port." env:"BURGEE_LISTEN"`
	Port          uint16 `help:"Port to listen on." default:"3000" env:"PORT,PROXY_PORT"`
	ProxyBasePath string `help:"Path prefix of every address." env:"PROXY_BASE_PATH"`
	TrustProxy    string `help:"Whose X-Forwarded-For is believed: true for everybody, false for nobody, or addresses and CIDR ranges with commas between them." default:"false" env:"TRUST_PROXY"`
	AllEndpoint   truth  `name:"enable-all-endpoint" help:"Serve /proxy/all, with the flags that are off." env:"ENABLE_ALL_ENDPOINT"`
	LogLevel      string `help:"What the log tells: debug, info, warn or error." default:"warn" env:"LOG_LEVEL"`
	JSONLog       truth  `name:"use-json-logger" help:"Log JSON on a terminal too; elsewhere the log is JSON anyway." env:"JSON_LOGGER"`
}

// ProxyCORS is what browsers are told.
type ProxyCORS struct {
	CORSOrigin      string `name:"cors-origin" help:"Origins whose pages may call, with commas between them." default:"*" env:"CORS_ORIGIN"`
	CORSMethods     string `name:"cors-methods" help:"Methods that pages may use." default:"GET, POST" env:"CORS_METHODS"`
	CORSHeaders     string `name:"cors-allowed-headers" help:"Headers that pages may send; those they ask for by default." env:"CORS_ALLOWED_HEADERS"`
	CORSExposed     string `name:"cors-exposed-headers" help:"Headers of answers that pages may read." default:"ETag" env:"CORS_EXPOSED_HEADERS"`
	CORSCredentials truth  `name:"cors-credentials" help:"Pages may send cookies along." env:"CORS_CREDENTIALS"`
	CORSMaxAge      int    `name:"cors-max-age" help:"Seconds for which a browser may remember what it was allowed." default:"172800" env:"CORS_MAX_AGE"`
	CORSStatus      int    `name:"cors-options-success-status" help:"Status of the answer to a preflight." default:"204" env:"CORS_OPTIONS_SUCCESS_STATUS"`
}

// ForeignProxySettings are settings of Unleash Proxy that are refused, because
// something would silently be missing.
type ForeignProxySettings struct {
	CustomStrategies  string `hidden:"" name:"custom-strategies" help:"Refused." env:"UNLEASH_CUSTOM_STRATEGIES_FILE" refused:"strategies in JavaScript are not run. Write the rule as a constraint or a segment on a context property, and have clients send that property; docs/migrating-from-edge-and-proxy.md shows how"`
	CustomEnrichers   string `hidden:"" name:"exp-custom-enrichers" help:"Refused." env:"EXP_CUSTOM_ENRICHERS_FILE" refused:"context enrichers in JavaScript are not run. Have the clients, or a service in front of the proxy, add the property to the context"`
	EnableOAS         truth  `hidden:"" name:"enable-oas" help:"Refused." env:"ENABLE_OAS" refused:"the proxy serves no OpenAPI document of itself: docs/proxy.md lists its endpoints"`
	BootstrapURL      string `hidden:"" name:"exp-bootstrap-url" help:"Refused." env:"EXP_BOOTSTRAP_URL" refused:"flags are not read from another address. With --backup-folder (BACKUP_FOLDER) the proxy starts with what it served last"`
	BootstrapAuth     string `hidden:"" name:"exp-bootstrap-authorization" help:"Refused." env:"EXP_BOOTSTRAP_AUTHORIZATION" refused:"flags are not read from another address: see EXP_BOOTSTRAP_URL"`
	PreflightContinue truth  `hidden:"" name:"cors-preflight-continue" help:"Refused." env:"CORS_PREFLIGHT_CONTINUE" refused:"the proxy answers preflights itself: nothing comes after it that could"`
}

// truth is a boolean in any of the spellings that deployments use: true, 1, t,
// yes, y and on, in any case, and their contraries.
type truth bool

// IsBool implements [kong.BoolMapperValue]: the flag needs no value.
func (truth) IsBool() bool { return true }

// Decode implements [kong.MapperValue].
func (t *truth) Decode(ctx *kong.DecodeContext) error {
	if ctx.Scan.Peek().Type != kong.FlagValueToken {
		*t = true
		return nil
	}
	given := fmt.Sprint(ctx.Scan.Pop().Value)
	switch text := strings.ToLower(given); {
	case slices.Contains([]string{"true", "1", "t", "yes", "y", "on"}, text):
		*t = true
	case slices.Contains([]string{"false", "0", "f", "no", "n", "off"}, text):
		*t = false
	default:
		return fmt.Errorf("must be true or false, not %q", given)
	}
	return nil
}

// SetLog makes the process log to standard error. Call it once, before
// [NewProxy].
func (c ProxyConfig) SetLog() error {
	level, err := telemetry.ParseLevel(c.LogLevel)
	if err != nil {
		return fmt.Errorf("--log-level: %w", err)
	}
	if c.JSONLog {
		telemetry.SetFormat(os.Stderr, level, false)
	} else {
		telemetry.SetLogger(os.Stderr, level)
	}
	return nil
}

// Check reports the first setting that cannot work, naming flag and variable.
// It is not called Validate, which the command line would call itself and end
// the process with another status than Unleash Proxy does.
func (c ProxyConfig) Check() error {
	for _, check := range []func() error{c.checkForeign, c.checkRequired, c.checkUpstream, c.checkListening, c.checkNumbers, c.StreamConfig.validate, c.ProfileConfig.validate} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (c ProxyConfig) checkForeign() error {
	v := reflect.ValueOf(c.ForeignProxySettings)
	for i, t := 0, v.Type(); i < t.NumField(); i++ {
		if tag := t.Field(i).Tag; !v.Field(i).IsZero() {
			return fmt.Errorf("--%s (%s) cannot be used: %s", tag.Get("name"), tag.Get("env"), tag.Get("refused"))
		}
	}
	return nil
}

func (c ProxyConfig) checkRequired() error {
	switch {
	case c.UnleashURL == "":
		return errors.New("--unleash-url (UNLEASH_URL) is required: the address of a Burgee or Unleash server, such as https://flags.example.com/api")
	case c.UnleashAPIToken == "":
		return errors.New("--unleash-api-token (UNLEASH_API_TOKEN) is required: a client token of the server above")
	case len(c.clientKeys()) == 0:
		return errors.New("--client-keys (UNLEASH_PROXY_CLIENT_KEYS) is required: strings that you choose, which clients of the proxy show; none are made for you")
	}
	return nil
}

func (c ProxyConfig) checkUpstream() error {
	address, err := url.Parse(withoutAPI(c.UnleashURL))
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return errors.New("--unleash-url (UNLEASH_URL) must be an address such as https://flags.example.com/api")
	}
	if err := token.Check(c.UnleashAPIToken); err != nil {
		return fmt.Errorf("--unleash-api-token (UNLEASH_API_TOKEN): %w", err)
	}
	if kind := token.Apparent(c.UnleashAPIToken); kind != 0 && kind != token.Client {
		return fmt.Errorf("--unleash-api-token (UNLEASH_API_TOKEN) must be a client token, not one of the kind %s", kind)
	}
	if slices.Contains(c.clientKeys(), c.UnleashAPIToken) {
		return errors.New("--client-keys (UNLEASH_PROXY_CLIENT_KEYS) must not hold --unleash-api-token: client keys are public, and the token is not")
	}
	for _, tag := range list(c.Tags) {
		if class, value, found := strings.Cut(tag, ":"); !found || class == "" || value == "" {
			return fmt.Errorf("--tags (UNLEASH_TAGS): %q must be a type and a value with a colon between them", tag)
		}
	}
	return nil
}

func (c ProxyConfig) checkListening() error {
	if err := checkListen(c.address()); err != nil {
		return err
	}
	if c.ProxyBasePath != "" && c.base() != "" && !basePath.MatchString(c.base()) {
		return fmt.Errorf("--proxy-base-path (PROXY_BASE_PATH) %q must hold only letters, digits and -_.~ between slashes", c.ProxyBasePath)
	}
	if strings.ContainsFunc(c.KeyHeader, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r) }) {
		return fmt.Errorf("--client-keys-header-name (CLIENT_KEY_HEADER_NAME) %q is no name of a header", c.KeyHeader)
	}
	if _, err := telemetry.ParseLevel(c.LogLevel); err != nil {
		return fmt.Errorf("--log-level (LOG_LEVEL): %w", err)
	}
	_, err := c.trusted()
	return err
}

func (c ProxyConfig) checkNumbers() error {
	const day = 24 * 3600 * 1000
	for _, n := range []struct {
		name            string
		value, min, max int
	}{
		{"--refresh-interval (UNLEASH_FETCH_INTERVAL)", c.RefreshInterval, 100, day},
		{"--metrics-interval (UNLEASH_METRICS_INTERVAL)", c.MetricsInterval, 100, day},
		{"--metrics-jitter (UNLEASH_METRICS_JITTER)", c.MetricsJitter, 0, day},
		{"--cors-max-age (CORS_MAX_AGE)", c.CORSMaxAge, 1, day},
		{"--cors-options-success-status (CORS_OPTIONS_SUCCESS_STATUS)", c.CORSStatus, 200, 299},
	} {
		if n.value < n.min || n.value > n.max {
			return fmt.Errorf("%s must be a whole number from %d to %d, not %d", n.name, n.min, n.max, n.value)
		}
	}
	return nil
}

// list is the entries of a text with commas between them, without the spaces
// around.
func list(text string) []string {
	var all []string
	for entry := range strings.SplitSeq(text, ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			all = append(all, entry)
		}
	}
	return all
}

func (c ProxyConfig) clientKeys() []string {
	if keys := list(c.ClientKeys); len(keys) > 0 {
		return keys
	}
	return list(c.ProxySecrets)
}

// query narrows what is asked of the server above; nil when nothing does.
func (c ProxyConfig) query() url.Values {
	query := url.Values{}
	if c.ProjectName != "" {
		query.Set("project", c.ProjectName)
	}
	if c.NamePrefix != "" {
		query.Set("namePrefix", c.NamePrefix)
	}
	for _, tag := range list(c.Tags) {
		query.Add("tag", tag)
	}
	if len(query) == 0 {
		return nil
	}
	return query
}

func (c ProxyConfig) address() string {
	if c.Listen != "" {
		return c.Listen
	}
	return net.JoinHostPort("", strconv.Itoa(int(c.Port)))
}

// base is the base path with a slash at its beginning and none at its end.
func (c ProxyConfig) base() string {
	if trimmed := strings.Trim(c.ProxyBasePath, "/"); trimmed != "" {
		return "/" + trimmed
	}
	return ""
}

func (c ProxyConfig) instance() string {
	if c.UnleashInstanceID != "" {
		return c.UnleashInstanceID
	}
	name := "proxy"
	if u, err := user.Current(); err == nil && u.Username != "" {
		name = u.Username
	}
	return name + "-" + hostname()
}

// trusted are the peers that are believed.
func (c ProxyConfig) trusted() ([]netip.Prefix, error) {
	named := map[string][]string{
		"true": {"0.0.0.0/0", "::/0"}, "false": nil, "loopback": {"127.0.0.1/8", "::1/128"}, "linklocal": {"169.254.0.0/16", "fe80::/10"},
		"uniquelocal": {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"},
	}
	var all []string
	for _, entry := range list(c.TrustProxy) {
		if ranges, known := named[strings.ToLower(entry)]; known {
			all = append(all, ranges...)
			continue
		}
		if _, err := strconv.Atoi(entry); err == nil {
			return nil, fmt.Errorf("--trust-proxy (TRUST_PROXY) %q: a number of hops does not say whom to believe; name addresses or CIDR ranges", entry)
		}
		all = append(all, entry)
	}
	return prefixes("--trust-proxy (TRUST_PROXY)", all)
}

func (c ProxyConfig) cors() frontendapi.CORS {
	return frontendapi.CORS{
		Methods: c.CORSMethods, Headers: c.CORSHeaders, Expose: c.CORSExposed, NoCredentials: !bool(c.CORSCredentials), MaxAge: c.CORSMaxAge, Status: c.CORSStatus,
	}
}

func millis(n int) time.Duration { return time.Duration(n) * time.Millisecond }
