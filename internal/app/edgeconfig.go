package app

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/burgeehq/burgee/internal/edge"
	"github.com/burgeehq/burgee/internal/telemetry"
	"github.com/burgeehq/burgee/internal/token"
)

// EdgeConfig is every setting of `burgee edge`. The names are those of Unleash
// Edge where it has the setting; docs/edge.md lists them all.
type EdgeConfig struct {
	// Version names the build; not a setting.
	Version string `kong:"-"`

	Listening
	CrossOrigin
	EdgeTokens
	UpstreamConfig
	Surviving
	OfflineConfig
	Backstage
	StreamConfig
	ProfileConfig
	ForeignSettings
}

// Listening is how an edge is reached.
type Listening struct {
	Listen         string   `help:"Address to listen on, host:port; instead of --interface and --port." env:"BURGEE_LISTEN"`
	Port           uint16   `short:"p" help:"Port to listen on." default:"3063" env:"PORT"`
	Interface      string   `short:"i" help:"Address to listen on; all without." env:"INTERFACE"`
	BasePath       string   `help:"Path prefix of every address, such as /flags." env:"BASE_PATH,BURGEE_BASE_PATH"`
	TLSEnable      bool     `name:"tls-enable" help:"Serve HTTPS on --tls-server-port, and nothing else." env:"TLS_ENABLE"`
	TLSServerKey   string   `name:"tls-server-key" help:"PEM file with the private key." env:"TLS_SERVER_KEY"`
	TLSServerCert  string   `name:"tls-server-cert" help:"PEM file with the certificate chain." env:"TLS_SERVER_CERT"`
	TLSServerPort  uint16   `name:"tls-server-port" help:"Port for HTTPS." default:"3043" env:"TLS_SERVER_PORT"`
	RedirectToTLS  bool     `name:"redirect-http-to-https" help:"With --tls-enable, send clients of the plain port to HTTPS." env:"REDIRECT_HTTP_TO_HTTPS"`
	AllowList      []string `help:"CIDR ranges of the only peers that are let in." env:"ALLOW_LIST"`
	DenyList       []string `help:"CIDR ranges of peers that are not let in." env:"DENY_LIST"`
	TrustProxy     bool     `help:"Believe X-Forwarded-For: of --proxy-trusted-servers, or of everybody when there are none." env:"TRUST_PROXY"`
	TrustedServers []string `name:"proxy-trusted-servers" help:"Addresses or CIDR ranges of reverse proxies." env:"PROXY_TRUSTED_SERVERS,BURGEE_TRUSTED_PROXIES"`
	LogLevel       string   `help:"What the log tells: debug, info, warn or error." default:"info" env:"BURGEE_LOG_LEVEL,LOG_LEVEL"`
	LogFormat      string   `short:"l" help:"Form of the log: plain, pretty (both text) or json; by default text on a terminal." env:"LOG_FORMAT"`
}

// CrossOrigin is what browsers are told.
type CrossOrigin struct {
	CORSOrigin  []string `name:"cors-origin" help:"Origins that may call the front-end API from a browser." default:"*" env:"CORS_ORIGIN"`
	CORSHeaders []string `name:"cors-allowed-headers" help:"Request headers that pages may send; those they ask for without." env:"CORS_ALLOWED_HEADERS"`
	CORSExposed []string `name:"cors-exposed-headers" help:"Answer headers that pages may read; ETag without." env:"CORS_EXPOSED_HEADERS"`
	CORSMethods []string `name:"cors-methods" help:"Methods that pages may use; all without." env:"CORS_METHODS"`
	CORSMaxAge  int      `name:"cors-max-age" help:"Seconds for which a browser may remember what it was allowed." default:"172800" env:"CORS_MAX_AGE"`
}

// EdgeTokens are the tokens an edge has and how it treats others.
type EdgeTokens struct {
	Tokens       []string `short:"t" help:"Tokens to start with. The client tokens among them download flags." env:"TOKENS"`
	Pretrusted   []string `name:"pretrusted-tokens" help:"Front-end tokens that are let in without asking the server above: project:environment.secret, or any-secret@environment." env:"PRETRUSTED_TOKENS"`
	Strict       bool     `help:"Refuse client tokens that see more than --tokens do; without, such a token downloads flags itself." env:"STRICT"`
	Dynamic      bool     `help:"The contrary of --strict, which is the default." env:"DYNAMIC"`
	AuthHeader   string   `name:"edge-auth-header" help:"Header in which clients send their token." env:"EDGE_AUTH_HEADER"`
	TokenHeader  string   `help:"Sets both --edge-auth-header and --upstream-auth-header." env:"TOKEN_HEADER"`
	Revalidation int      `name:"token-revalidation-interval-seconds" help:"Seconds between questions whether tokens still live. A Burgee above tells at once when one does not." default:"60" env:"TOKEN_REVALIDATION_INTERVAL_SECONDS"`
}

// UpstreamConfig is the server above.
type UpstreamConfig struct {
	UpstreamURL        string   `short:"u" help:"Address of the server above, Burgee or Unleash, without /api." env:"UPSTREAM_URL"`
	UpstreamAuthHeader string   `help:"Header in which the server above takes tokens." env:"UPSTREAM_AUTH_HEADER"`
	AppName            string   `short:"a" help:"What this edge calls itself." default:"burgee-edge" env:"APP_NAME"`
	InstanceID         string   `help:"Which of several it is; app, host and port by default." env:"INSTANCE_ID"`
	Sync               string   `help:"How flags are kept current: auto (stream, or poll), streaming (the same), delta or polling." enum:"auto,streaming,delta,polling" default:"auto" env:"BURGEE_EDGE_SYNC"`
	Streaming          bool     `help:"The same as --sync streaming." env:"STREAMING"`
	Delta              bool     `help:"The same as --sync delta." env:"DELTA"`
	RefreshInterval    int      `short:"f" name:"features-refresh-interval-seconds" help:"Seconds between polls." default:"15" env:"FEATURES_REFRESH_INTERVAL_SECONDS"`
	MetricsInterval    int      `short:"m" name:"metrics-interval-seconds" help:"Seconds between bodies of usage." default:"60" env:"METRICS_INTERVAL_SECONDS"`
	Headers            []string `short:"H" name:"custom-client-headers" help:"Headers of every request to the server above, as Name: value." env:"CUSTOM_CLIENT_HEADERS"`
	SkipVerification   bool     `short:"s" name:"skip-ssl-verification" help:"Believe any certificate of the server above." env:"SKIP_SSL_VERIFICATION"`
	CertificateFile    string   `name:"upstream-certificate-file" help:"PEM file with certificates to believe beside the system's." env:"UPSTREAM_CERTIFICATE_FILE"`
	ClientCertificate  string   `name:"pkcs8-client-certificate-file" help:"PEM file with our certificate." env:"PKCS8_CLIENT_CERTIFICATE_FILE"`
	ClientKey          string   `name:"pkcs8-client-key-file" help:"PEM file with the key of our certificate." env:"PKCS8_CLIENT_KEY_FILE"`
	ClientPEM          string   `name:"pem-cert-file" help:"PEM file with both." env:"PEM_CERT_FILE"`
	ConnectTimeout     int      `name:"upstream-request-timeout" help:"Seconds for connecting." default:"5" env:"UPSTREAM_REQUEST_TIMEOUT"`
	SocketTimeout      int      `name:"upstream-socket-timeout" help:"Seconds for a whole request." default:"5" env:"UPSTREAM_SOCKET_TIMEOUT"`
	KeepAlive          int      `name:"client-keepalive-timeout" help:"Seconds between probes of idle connections." default:"15" env:"CLIENT_KEEPALIVE_TIMEOUT"`
	Region             string   `hidden:"" help:"Region that this edge runs in, for operators." env:"AWS_REGION"`
}

// Surviving is where an edge keeps what it knows over a restart.
type Surviving struct {
	BackupFolder  string   `short:"b" help:"Folder for what is known, encrypted with --tokens." env:"BACKUP_FOLDER"`
	RedisURL      []string `name:"redis-url" help:"Redis for what is known, as redis://user:password@host:6379/0; several of a cluster." env:"REDIS_URL"`
	RedisMode     string   `name:"redis-mode" help:"single or cluster." enum:"single,cluster" default:"single" env:"REDIS_MODE"`
	RedisHost     string   `name:"redis-host" help:"Host, instead of --redis-url." env:"REDIS_HOST"`
	RedisPort     uint16   `name:"redis-port" help:"Port of --redis-host." default:"6379" env:"REDIS_PORT"`
	RedisUsername string   `name:"redis-username" env:"REDIS_USERNAME" help:"Name to sign in to Redis with."`
	RedisPassword string   `name:"redis-password" env:"REDIS_PASSWORD" help:"Password to sign in to Redis with."`
	RedisSecure   bool     `name:"redis-secure" help:"TLS to --redis-host." env:"REDIS_SECURE"`
	RedisScheme   string   `name:"redis-scheme" help:"tcp, redis, tls, rediss, redis-unix or unix, of --redis-host." enum:"tcp,redis,tls,rediss,redis-unix,unix" default:"redis" env:"REDIS_SCHEME"`
	RedisRead     int      `name:"redis-read-connection-timeout-milliseconds" help:"Bounds a read." default:"2000" env:"REDIS_READ_CONNECTION_TIMEOUT_MILLISECONDS"`
	RedisWrite    int      `name:"redis-write-connection-timeout-milliseconds" help:"Bounds a write." default:"2000" env:"REDIS_WRITE_CONNECTION_TIMEOUT_MILLISECONDS"`
	RedisPrefix   string   `name:"redis-prefix" help:"Begins every key: edges that have the same tokens may share one." default:"burgee-edge" env:"BURGEE_EDGE_REDIS_PREFIX"`
}

// OfflineConfig is an edge without a server above.
type OfflineConfig struct {
	Offline        string   `aliases:"bootstrap-file" help:"File with flags to serve instead of those of a server above." env:"BOOTSTRAP_FILE"`
	ClientTokens   []string `short:"c" help:"With --offline, client tokens: project:environment.anything, any@environment, or anything." env:"CLIENT_TOKENS"`
	FrontendTokens []string `help:"With --offline, front-end tokens, written the same." env:"FRONTEND_TOKENS"`
	ReloadInterval int      `short:"r" help:"With --offline, seconds between looks whether the file has changed; 0 never looks." default:"5" env:"RELOAD_INTERVAL"`
}

// Backstage is what operators may see.
type Backstage struct {
	DisableAll          bool `name:"disable-all-endpoint" help:"Do not serve flags that are off." env:"DISABLE_ALL_ENDPOINT"`
	DisableMetricsBatch bool `name:"disable-metrics-batch-endpoint" help:"Do not show usage that waits." env:"DISABLE_METRICS_BATCH_ENDPOINT"`
	DisableMetrics      bool `name:"disable-metrics-endpoint" help:"Do not serve metrics." env:"DISABLE_METRICS_ENDPOINT"`
	DisableFeatures     bool `name:"disable-features-endpoint" help:"Do not show flags." env:"DISABLE_FEATURES_ENDPOINT"`
	DisableTokens       bool `name:"disable-tokens-endpoint" help:"Do not show what is known of tokens." env:"DISABLE_TOKENS_ENDPOINT"`
	DisableInstance     bool `name:"disable-instance-data-endpoint" help:"Do not show what this edge is." env:"DISABLE_INSTANCE_DATA_ENDPOINT"`
}

// ForeignSettings are settings of Unleash Edge that are refused, because
// something would silently be missing, or noted, because nothing is.
type ForeignSettings struct {
	S3Bucket       string `hidden:"" name:"s3-bucket-name" help:"Refused." env:"S3_BUCKET_NAME" refused:"there is no persistence in S3: use --backup-folder on a volume, or --redis-url"`
	S3PathStyle    bool   `hidden:"" name:"s3-force-path-style" help:"Refused." env:"S3_FORCE_PATH_STYLE" refused:"there is no persistence in S3: use --backup-folder on a volume, or --redis-url"`
	PKCS12         string `hidden:"" name:"pkcs12-identity-file" help:"Refused." env:"PKCS12_IDENTITY_FILE" refused:"PKCS#12 is not read: convert it with \"openssl pkcs12 -in FILE -nodes -out both.pem\" and use --pem-cert-file"`
	PKCS12Phrase   string `hidden:"" name:"pkcs12-passphrase" help:"Refused." env:"PKCS12_PASSPHRASE" refused:"PKCS#12 is not read: see --pkcs12-identity-file"`
	RemoteWrite    string `hidden:"" name:"prometheus-remote-write-url" help:"Refused." env:"PROMETHEUS_REMOTE_WRITE_URL" refused:"metrics are not pushed: have Prometheus read /internal-backstage/metrics, or an agent beside this edge"`
	PushInterval   string `hidden:"" name:"prometheus-push-interval" help:"Refused." env:"PROMETHEUS_PUSH_INTERVAL" refused:"metrics are not pushed"`
	PushUser       string `hidden:"" name:"prometheus-username" help:"Refused." env:"PROMETHEUS_USERNAME" refused:"metrics are not pushed"`
	PushPassword   string `hidden:"" name:"prometheus-password" help:"Refused." env:"PROMETHEUS_PASSWORD" refused:"metrics are not pushed"`
	PushUserID     string `hidden:"" name:"prometheus-user-id" help:"Refused." env:"PROMETHEUS_USER_ID" refused:"metrics are not pushed"`
	PushHost       string `hidden:"" name:"hostname" help:"Noted." noted:"it names the host of metrics that are pushed, and none are"`
	PushInstance   string `hidden:"" name:"ec2-instance-id" help:"Noted." env:"EC2_INSTANCE_ID" noted:"it is for metrics that are pushed, and none are"`
	RustLog        string `hidden:"" name:"rust-log" help:"Noted." env:"RUST_LOG" noted:"what the log tells is set by --log-level (LOG_LEVEL)"`
	SentryDSN      string `hidden:"" name:"sentry-dsn" help:"Noted." env:"SENTRY_DSN" noted:"nothing is sent to Sentry: the log is JSON on standard error"`
	SentryRate     string `hidden:"" name:"sentry-tracing-rate" help:"Noted." env:"SENTRY_TRACING_RATE" noted:"nothing is sent to Sentry"`
	SentryDebug    bool   `hidden:"" name:"sentry-debug" help:"Noted." env:"SENTRY_DEBUG" noted:"nothing is sent to Sentry"`
	SentryLogs     bool   `hidden:"" name:"sentry-enable-logs" help:"Noted." env:"SENTRY_ENABLE_LOGS" noted:"nothing is sent to Sentry"`
	DatadogURL     string `hidden:"" name:"datadog-url" help:"Noted." env:"DATADOG_URL" noted:"nothing is sent to Datadog: have its agent read /internal-backstage/metrics"`
	OTLPEndpoint   string `hidden:"" name:"otel-exporter-otlp-endpoint" help:"Noted." env:"OTEL_EXPORTER_OTLP_ENDPOINT" noted:"no traces are sent"`
	OTLPProtocol   string `hidden:"" name:"otel-exporter-otlp-protocol" help:"Noted." env:"OTEL_EXPORTER_OTLP_PROTOCOL" noted:"no traces are sent"`
	ClientSecret   string `hidden:"" name:"unleash-client-secret" help:"Refused." env:"UNLEASH_CLIENT_SECRET" refused:"no server issues tokens to edges: give it --tokens"`
	DesiredEnvs    string `hidden:"" name:"desired-environments" help:"Refused." env:"DESIRED_ENVIRONMENTS" refused:"no server issues tokens to edges: give it --tokens"`
	DesiredProject string `hidden:"" name:"desired-projects" help:"Refused." env:"DESIRED_PROJECTS" refused:"no server issues tokens to edges: give it --tokens"`
	Workers        string `hidden:"" short:"w" name:"workers" help:"Noted." env:"WORKERS" noted:"all processors are used"`
	EdgeTimeout    string `hidden:"" name:"edge-request-timeout" help:"Noted." env:"EDGE_REQUEST_TIMEOUT" noted:"requests have limits of their own: docs/edge.md, Limits"`
	EdgeKeepAlive  string `hidden:"" name:"edge-keepalive-timeout" help:"Noted." env:"EDGE_KEEPALIVE_TIMEOUT" noted:"idle connections live for two minutes"`
	ClientID       string `hidden:"" name:"client-id" help:"Noted." env:"CLIENT_ID" noted:"metrics have no such label: give it to them where they are read"`
	Hosting        string `hidden:"" name:"edge-hosting" help:"Noted." env:"EDGE_HOSTING" noted:"every edge is self-hosted"`
	Defer          string `hidden:"" name:"edge-defer-token-validation" help:"Noted." env:"EDGE_DEFER_TOKEN_VALIDATION" noted:"unknown tokens are asked about together, and wait for the answer"`
	StrongETags    string `hidden:"" name:"edge-force-strong-etags" help:"Noted." env:"EDGE_FORCE_STRONG_ETAGS" noted:"tags of downloads are strong, and weak ones match"`
	Consumption    string `hidden:"" name:"consumption" help:"Noted." env:"CONSUMPTION" noted:"nothing is metered"`
}

// foreign calls f for each foreign setting that is set.
func (c ForeignSettings) foreign(f func(name, refused, noted string)) {
	v := reflect.ValueOf(c)
	for i, t := 0, v.Type(); i < t.NumField(); i++ {
		if tag := t.Field(i).Tag; !v.Field(i).IsZero() {
			name := "--" + tag.Get("name")
			if env := tag.Get("env"); env != "" { // HOSTNAME is set in every container
				name += " (" + env + ")"
			}
			f(name, tag.Get("refused"), tag.Get("noted"))
		}
	}
}

// Validate reports the first setting that cannot work, naming flag and rule.
func (c EdgeConfig) Validate() error {
	var refused error
	c.foreign(func(name, why, _ string) {
		if why != "" && refused == nil {
			refused = fmt.Errorf("%s cannot be used: %s", name, why)
		}
	})
	if refused != nil {
		return refused
	}
	for _, check := range []func() error{c.checkListening, c.checkTokens, c.checkSource, c.checkIntervals, c.checkSurviving, c.StreamConfig.validate, c.ProfileConfig.validate} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (c EdgeConfig) checkListening() error {
	if err := checkListen(c.address()); err != nil {
		return err
	}
	if c.BasePath != "" && !basePath.MatchString(c.base()) {
		return fmt.Errorf("--base-path %q must hold only letters, digits and -_.~ between slashes", c.BasePath)
	}
	switch {
	case c.TLSEnable && (c.TLSServerCert == "" || c.TLSServerKey == ""):
		return errors.New("--tls-enable needs --tls-server-cert and --tls-server-key")
	case c.RedirectToTLS && !c.TLSEnable:
		return errors.New("--redirect-http-to-https needs --tls-enable")
	}
	if _, err := telemetry.ParseLevel(c.LogLevel); err != nil {
		return fmt.Errorf("--log-level: %w", err)
	}
	if !slices.Contains([]string{"", "plain", "pretty", "json"}, c.LogFormat) {
		return fmt.Errorf("--log-format %q must be plain, pretty or json", c.LogFormat)
	}
	for name, list := range map[string][]string{"--allow-list": c.AllowList, "--deny-list": c.DenyList, "--proxy-trusted-servers": c.TrustedServers} {
		if _, err := prefixes(name, list); err != nil {
			return err
		}
	}
	return nil
}

func (c EdgeConfig) checkTokens() error {
	if c.Strict && c.Dynamic {
		return errors.New("--strict and --dynamic exclude each other")
	}
	if c.TokenHeader != "" && (c.AuthHeader != "" || c.UpstreamAuthHeader != "") {
		return errors.New("--token-header sets --edge-auth-header and --upstream-auth-header: give it, or those")
	}
	for name, list := range map[string][]string{
		"--tokens": c.Tokens, "--pretrusted-tokens": c.Pretrusted, "--client-tokens": c.ClientTokens, "--frontend-tokens": c.FrontendTokens,
	} {
		for i, secret := range list {
			if err := token.Check(strings.TrimSpace(secret)); err != nil {
				return fmt.Errorf("%s, entry %d: %w", name, i+1, err)
			}
		}
	}
	for i, secret := range c.Pretrusted {
		if _, ok := edge.TermsInText(strings.TrimSpace(secret), token.Frontend); !ok {
			return fmt.Errorf("--pretrusted-tokens, entry %d: must be project:environment.secret or secret@environment", i+1)
		}
	}
	return nil
}

// checkSource: flags come from a server above or from a file.
func (c EdgeConfig) checkSource() error {
	switch {
	case c.Offline == "" && c.UpstreamURL == "":
		return errors.New("--upstream-url (UPSTREAM_URL) is required: the address of a Burgee or Unleash server; or --offline, with a file of flags")
	case c.Offline == "" && c.Strict && len(c.Tokens) == 0:
		return errors.New("--strict needs --tokens (TOKENS): nobody else is let in")
	case c.Offline == "" && len(c.ClientTokens)+len(c.FrontendTokens) > 0:
		return errors.New("--client-tokens and --frontend-tokens are for --offline; with a server above, use --tokens")
	case c.Offline != "" && len(c.Tokens)+len(c.ClientTokens)+len(c.FrontendTokens) == 0:
		return errors.New("--offline needs --client-tokens (CLIENT_TOKENS) or --frontend-tokens (FRONTEND_TOKENS): nobody else is let in")
	case c.Offline != "" && len(c.backends()) > 0:
		return errors.New("--offline has nothing to keep over a restart: leave --backup-folder and --redis-url out")
	case (c.ClientCertificate == "") != (c.ClientKey == ""):
		return errors.New("--pkcs8-client-certificate-file and --pkcs8-client-key-file go together: only one is set")
	case c.Streaming && c.Delta:
		return errors.New("--streaming and --delta exclude each other")
	}
	_, err := c.headers()
	return err
}

func (c EdgeConfig) checkIntervals() error {
	for name, seconds := range map[string]int{
		"--features-refresh-interval-seconds": c.RefreshInterval, "--metrics-interval-seconds": c.MetricsInterval,
		"--token-revalidation-interval-seconds": c.Revalidation, "--upstream-request-timeout": c.ConnectTimeout,
		"--upstream-socket-timeout": c.SocketTimeout, "--client-keepalive-timeout": c.KeepAlive,
		"--redis-read-connection-timeout-milliseconds": c.RedisRead, "--redis-write-connection-timeout-milliseconds": c.RedisWrite,
	} {
		const most = 7 * 24 * 3600
		if seconds < 1 || seconds > most {
			return fmt.Errorf("%s must be a whole number from 1 to %d, not %d", name, most, seconds)
		}
	}
	if c.ReloadInterval < 0 {
		return errors.New("--reload-interval must not be negative")
	}
	return nil
}

func (c EdgeConfig) checkSurviving() error {
	switch where := c.backends(); {
	case len(where) > 1:
		return fmt.Errorf("%s exclude each other", strings.Join(where, " and "))
	case len(where) == 1 && len(c.Tokens) == 0:
		return fmt.Errorf("%s needs --tokens (TOKENS): what is kept is encrypted with them", where[0])
	}
	return nil
}

// backends are the places that are set for what is kept.
func (c EdgeConfig) backends() []string {
	var all []string
	for _, b := range []struct {
		set  bool
		name string
	}{{c.BackupFolder != "", "--backup-folder"}, {len(c.RedisURL) > 0, "--redis-url"}, {c.RedisHost != "", "--redis-host"}} {
		if b.set {
			all = append(all, b.name)
		}
	}
	return all
}

// address is what to listen on.
func (c EdgeConfig) address() string {
	port := c.Port
	if c.TLSEnable {
		port = c.TLSServerPort
	}
	if c.Listen != "" {
		return c.Listen
	}
	return net.JoinHostPort(c.Interface, strconv.Itoa(int(port)))
}

// base is the base path with a slash at its beginning and none at its end.
func (c EdgeConfig) base() string {
	trimmed := strings.Trim(c.BasePath, "/")
	if trimmed == "" {
		return ""
	}
	return "/" + trimmed
}

func (c EdgeConfig) headers() (map[string]string, error) {
	all := map[string]string{}
	for i, text := range c.Headers {
		name, value, found := strings.Cut(text, ":")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !found || name == "" || strings.ContainsAny(name+value, "\r\n") {
			return nil, fmt.Errorf("--custom-client-headers, entry %d: must be Name: value", i+1)
		}
		all[name] = value
	}
	return all, nil
}

func (c EdgeConfig) mode() edge.Mode {
	switch {
	case c.Delta:
		return edge.Delta
	case c.Streaming:
		return edge.Streaming
	default:
		return edge.Mode(c.Sync)
	}
}

func (c EdgeConfig) instance() string {
	if c.InstanceID != "" {
		return c.InstanceID
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	_, port, _ := net.SplitHostPort(c.address()) // Validate has seen the error
	return c.AppName + "@" + host + ":" + port
}

// trusted are the proxies that are believed.
func (c EdgeConfig) trusted() ([]netip.Prefix, error) {
	if c.TrustProxy && len(c.TrustedServers) == 0 {
		return prefixes("--trust-proxy", []string{"0.0.0.0/0", "::/0"})
	}
	return prefixes("--proxy-trusted-servers", c.TrustedServers)
}

// prefixes reads addresses and CIDR ranges.
func prefixes(flag string, list []string) ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range list {
		text = strings.TrimSpace(text)
		prefix, err := parsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is neither an address nor a CIDR range", flag, text)
		}
		all = append(all, prefix)
	}
	return all, nil
}
