package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// The fates of a setting of Unleash Edge or Unleash Proxy. None is ignored in
// silence.
const (
	works   = "works"
	refused = "refused" // the process does not start, and says what to do instead
	noted   = "noted"   // the log says that it has no effect, and why nothing is missing
)

// option is one setting: a flag, with a short form before a comma where there is
// one, its variable, and a value that is not the default.
type option struct{ flag, env, value, fate string }

// edgeOptions are all settings of Unleash Edge 19 and 20.
var edgeOptions = []option{
	// The process.
	{"p,port", "PORT", "4000", works},
	{"i,interface", "INTERFACE", "127.0.0.1", works},
	{"base-path", "BASE_PATH", "/flags", works},
	{"tls-enable", "TLS_ENABLE", "true", works},
	{"tls-server-key", "TLS_SERVER_KEY", "x", works},
	{"tls-server-cert", "TLS_SERVER_CERT", "x", works},
	{"tls-server-port", "TLS_SERVER_PORT", "4001", works},
	{"redirect-http-to-https", "REDIRECT_HTTP_TO_HTTPS", "true", works},
	{"cors-origin", "CORS_ORIGIN", "https://a.example,https://b.example", works},
	{"cors-allowed-headers", "CORS_ALLOWED_HEADERS", "a,b", works},
	{"cors-exposed-headers", "CORS_EXPOSED_HEADERS", "a,b", works},
	{"cors-methods", "CORS_METHODS", "GET,POST", works},
	{"cors-max-age", "CORS_MAX_AGE", "60", works},
	{"allow-list", "ALLOW_LIST", "10.0.0.0/8,192.168.1.1", works},
	{"deny-list", "DENY_LIST", "10.0.0.0/8", works},
	{"w,workers", "WORKERS", "4", noted},
	{"instance-id", "INSTANCE_ID", "one", works},
	{"client-id", "CLIENT_ID", "x", noted},
	{"a,app-name", "APP_NAME", "x", works},
	{"trust-proxy", "TRUST_PROXY", "true", works},
	{"proxy-trusted-servers", "PROXY_TRUSTED_SERVERS", "10.0.0.1,10.1.0.0/16", works},
	{"disable-all-endpoint", "DISABLE_ALL_ENDPOINT", "true", works},
	{"edge-request-timeout", "EDGE_REQUEST_TIMEOUT", "7", noted},
	{"edge-keepalive-timeout", "EDGE_KEEPALIVE_TIMEOUT", "7", noted},
	{"l,log-format", "LOG_FORMAT", "json", works},
	{"rust-log", "RUST_LOG", "debug", noted},
	{"edge-auth-header", "EDGE_AUTH_HEADER", "X-Token", works},
	{"upstream-auth-header", "UPSTREAM_AUTH_HEADER", "X-Token", works},
	{"token-header", "TOKEN_HEADER", "X-Token", works},
	{"disable-metrics-batch-endpoint", "DISABLE_METRICS_BATCH_ENDPOINT", "true", works},
	{"disable-metrics-endpoint", "DISABLE_METRICS_ENDPOINT", "true", works},
	{"disable-features-endpoint", "DISABLE_FEATURES_ENDPOINT", "true", works},
	{"disable-tokens-endpoint", "DISABLE_TOKENS_ENDPOINT", "true", works},
	{"disable-instance-data-endpoint", "DISABLE_INSTANCE_DATA_ENDPOINT", "true", works},
	{"sentry-dsn", "SENTRY_DSN", "x", noted},
	{"sentry-tracing-rate", "SENTRY_TRACING_RATE", "0.2", noted},
	{"sentry-debug", "SENTRY_DEBUG", "true", noted},
	{"sentry-enable-logs", "SENTRY_ENABLE_LOGS", "true", noted},
	{"datadog-url", "DATADOG_URL", "x", noted},
	{"otel-exporter-otlp-endpoint", "OTEL_EXPORTER_OTLP_ENDPOINT", "x", noted},
	{"otel-exporter-otlp-protocol", "OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", noted},
	{"", "EDGE_HOSTING", "hosted", noted},
	{"", "EDGE_DEFER_TOKEN_VALIDATION", "true", noted},
	{"", "EDGE_FORCE_STRONG_ETAGS", "true", noted},
	{"", "AWS_REGION", "eu-west-1", works},
	// Below a server.
	{"u,upstream-url", "UPSTREAM_URL", "http://localhost:1", works},
	{"t,tokens", "TOKENS", "*:development.a,*:production.b", works},
	{"pretrusted-tokens", "PRETRUSTED_TOKENS", "a@development,b@production", works},
	{"strict", "STRICT", "true", works},
	{"dynamic", "DYNAMIC", "true", works},
	{"f,features-refresh-interval-seconds", "FEATURES_REFRESH_INTERVAL_SECONDS", "7", works},
	{"m,metrics-interval-seconds", "METRICS_INTERVAL_SECONDS", "7", works},
	{"token-revalidation-interval-seconds", "TOKEN_REVALIDATION_INTERVAL_SECONDS", "7", works},
	{"H,custom-client-headers", "CUSTOM_CLIENT_HEADERS", "A: b,C: d", works},
	{"s,skip-ssl-verification", "SKIP_SSL_VERIFICATION", "true", works},
	{"pkcs8-client-certificate-file", "PKCS8_CLIENT_CERTIFICATE_FILE", "x", works},
	{"pkcs8-client-key-file", "PKCS8_CLIENT_KEY_FILE", "x", works},
	{"pkcs12-identity-file", "PKCS12_IDENTITY_FILE", "x", refused},
	{"pkcs12-passphrase", "PKCS12_PASSPHRASE", "x", refused},
	{"pem-cert-file", "PEM_CERT_FILE", "x", works},
	{"upstream-certificate-file", "UPSTREAM_CERTIFICATE_FILE", "x", works},
	{"upstream-request-timeout", "UPSTREAM_REQUEST_TIMEOUT", "7", works},
	{"upstream-socket-timeout", "UPSTREAM_SOCKET_TIMEOUT", "7", works},
	{"client-keepalive-timeout", "CLIENT_KEEPALIVE_TIMEOUT", "7", works},
	{"b,backup-folder", "BACKUP_FOLDER", "x", works},
	{"redis-url", "REDIS_URL", "redis://a:1,redis://b:1", works},
	{"s3-bucket-name", "S3_BUCKET_NAME", "x", refused},
	{"s3-force-path-style", "S3_FORCE_PATH_STYLE", "true", refused},
	{"redis-mode", "REDIS_MODE", "cluster", works},
	{"redis-host", "REDIS_HOST", "x", works},
	{"redis-port", "REDIS_PORT", "7000", works},
	{"redis-username", "REDIS_USERNAME", "x", works},
	{"redis-password", "REDIS_PASSWORD", "x", works},
	{"redis-secure", "REDIS_SECURE", "true", works},
	{"redis-scheme", "REDIS_SCHEME", "rediss", works},
	{"redis-read-connection-timeout-milliseconds", "REDIS_READ_CONNECTION_TIMEOUT_MILLISECONDS", "7", works},
	{"redis-write-connection-timeout-milliseconds", "REDIS_WRITE_CONNECTION_TIMEOUT_MILLISECONDS", "7", works},
	{"prometheus-remote-write-url", "PROMETHEUS_REMOTE_WRITE_URL", "x", refused},
	{"prometheus-push-interval", "PROMETHEUS_PUSH_INTERVAL", "7", refused},
	{"prometheus-username", "PROMETHEUS_USERNAME", "x", refused},
	{"prometheus-password", "PROMETHEUS_PASSWORD", "x", refused},
	{"prometheus-user-id", "PROMETHEUS_USER_ID", "x", refused},
	{"streaming", "STREAMING", "true", works},
	{"delta", "DELTA", "true", works},
	{"consumption", "CONSUMPTION", "true", noted},
	{"hostname", "", "x", noted}, // as a variable it is set in every container
	{"ec2-instance-id", "EC2_INSTANCE_ID", "x", noted},
	{"unleash-client-secret", "UNLEASH_CLIENT_SECRET", "x", refused},
	{"desired-environments", "DESIRED_ENVIRONMENTS", "x", refused},
	{"desired-projects", "DESIRED_PROJECTS", "x", refused},
	// Offline.
	{"bootstrap-file", "BOOTSTRAP_FILE", "x.json", works},
	{"c,client-tokens", "CLIENT_TOKENS", "a,b", works},
	{"frontend-tokens", "FRONTEND_TOKENS", "a,b", works},
	{"r,reload-interval", "RELOAD_INTERVAL", "7", works},
}

// TestEveryOptionOfUnleashEdge: a flag, its short form and its variable say the
// same; what they say is used, refused with what to do instead, or noted.
func TestEveryOptionOfUnleashEdge(t *testing.T) {
	used := selectors(t)
	for _, o := range edgeOptions {
		t.Run(o.flag+" "+o.env, func(t *testing.T) {
			plain, err := parseInto(t, &EdgeConfig{})
			if err != nil {
				t.Fatal(err)
			}
			for way, given := range o.ways(t, func() any { return &EdgeConfig{} }) {
				c := *given.(*EdgeConfig) //nolint:forcetypeassert // ways returns what it was given
				var names, reasons []string
				c.foreign(func(name, why, nothing string) { names, reasons = append(names, name), append(reasons, why+nothing) })
				err := c.Validate()
				switch o.fate {
				case works:
					o.checkUsed(t, used, plain, &c)
				case refused:
					if err == nil || !strings.Contains(err.Error(), "cannot be used: ") || !strings.Contains(err.Error(), o.env) {
						t.Errorf("by %s: %v", way, err)
					}
				case noted:
					if len(names) != 1 || !strings.Contains(names[0], o.name()) || len(reasons[0]) < 10 || err != nil && strings.Contains(err.Error(), "cannot be used") {
						t.Errorf("by %s: %v %v, %v", way, names, reasons, err)
					}
				}
			}
		})
	}
	for _, o := range []option{{"e,edge-url", "EDGE_URL", "http://localhost:1", works}, {"c,ca-certificate-file", "CA_CERTIFICATE_FILE", "x", works}} {
		plain, err := parseInto(t, &ProbeConfig{})
		if err != nil {
			t.Fatal(err)
		}
		for _, given := range o.ways(t, func() any { return &ProbeConfig{} }) {
			o.checkUsed(t, used, plain, given)
		}
	}
}

// proxyOptions are all settings of Unleash Proxy 1.4 that have a variable. Their
// flags are ours.
var proxyOptions = []option{
	{"unleash-url", "UNLEASH_URL", "http://localhost:1/api", works},
	{"unleash-api-token", "UNLEASH_API_TOKEN", "*:development.x", works},
	{"client-keys", "UNLEASH_PROXY_CLIENT_KEYS", "a, b", works},
	{"proxy-secrets", "UNLEASH_PROXY_SECRETS", "a, b", works},
	{"port", "PORT", "4000", works},
	{"", "PROXY_PORT", "4000", works},
	{"proxy-base-path", "PROXY_BASE_PATH", "/flags", works},
	{"unleash-app-name", "UNLEASH_APP_NAME", "x", works},
	{"unleash-instance-id", "UNLEASH_INSTANCE_ID", "x", works},
	{"refresh-interval", "UNLEASH_FETCH_INTERVAL", "700", works},
	{"metrics-interval", "UNLEASH_METRICS_INTERVAL", "700", works},
	{"metrics-jitter", "UNLEASH_METRICS_JITTER", "700", works},
	{"environment", "UNLEASH_ENVIRONMENT", "x", works},
	{"project-name", "UNLEASH_PROJECT_NAME", "x", works},
	{"name-prefix", "UNLEASH_NAME_PREFIX", "x", works},
	{"tags", "UNLEASH_TAGS", "simple:x,simple:y", works},
	{"custom-strategies", "UNLEASH_CUSTOM_STRATEGIES_FILE", "x.js", refused},
	{"exp-custom-enrichers", "EXP_CUSTOM_ENRICHERS_FILE", "x.js", refused},
	{"trust-proxy", "TRUST_PROXY", "10.0.0.1", works},
	{"client-keys-header-name", "CLIENT_KEY_HEADER_NAME", "x-key", works},
	{"enable-all-endpoint", "ENABLE_ALL_ENDPOINT", "1", works},
	{"enable-oas", "ENABLE_OAS", "t", refused},
	{"cors-origin", "CORS_ORIGIN", "https://a.example", works},
	{"cors-methods", "CORS_METHODS", "GET", works},
	{"cors-allowed-headers", "CORS_ALLOWED_HEADERS", "x", works},
	{"cors-exposed-headers", "CORS_EXPOSED_HEADERS", "x", works},
	{"cors-credentials", "CORS_CREDENTIALS", "true", works},
	{"cors-max-age", "CORS_MAX_AGE", "60", works},
	{"cors-preflight-continue", "CORS_PREFLIGHT_CONTINUE", "true", refused},
	{"cors-options-success-status", "CORS_OPTIONS_SUCCESS_STATUS", "200", works},
	{"http-options-reject-unauthorized", "HTTP_OPTIONS_REJECT_UNAUTHORIZED", "false", works},
	{"exp-bootstrap-url", "EXP_BOOTSTRAP_URL", "x", refused},
	{"exp-bootstrap-authorization", "EXP_BOOTSTRAP_AUTHORIZATION", "x", refused},
	{"server-side-sdk-config-tokens", "EXP_SERVER_SIDE_SDK_CONFIG_TOKENS", "a,b", works},
	{"log-level", "LOG_LEVEL", "debug", works},
	{"use-json-logger", "JSON_LOGGER", "true", works},
}

// TestEveryOptionOfUnleashProxy: as TestEveryOptionOfUnleashEdge.
func TestEveryOptionOfUnleashProxy(t *testing.T) {
	used := selectors(t)
	for _, o := range proxyOptions {
		t.Run(o.env, func(t *testing.T) {
			plain, err := parseInto(t, &ProxyConfig{})
			if err != nil {
				t.Fatal(err)
			}
			for way, given := range o.ways(t, func() any { return &ProxyConfig{} }) {
				c := given.(*ProxyConfig) //nolint:forcetypeassert // ways returns what it was given
				switch err := c.Check(); o.fate {
				case works:
					o.checkUsed(t, used, plain, c)
				case refused:
					if err == nil || !strings.Contains(err.Error(), "cannot be used: ") || !strings.Contains(err.Error(), o.env) {
						t.Errorf("by %s: %v", way, err)
					}
				}
			}
		})
	}
}

// TestMigrationNamesEveryVariable: docs/migrating-from-edge-and-proxy.md says of
// each variable whether it is the same.
func TestMigrationNamesEveryVariable(t *testing.T) {
	text, err := os.ReadFile("../../docs/migrating-from-edge-and-proxy.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range slices.Concat(edgeOptions, proxyOptions) {
		if o.env != "" && !strings.Contains(string(text), "`"+o.env+"`") {
			t.Errorf("it does not name %s", o.env)
		}
	}
}

func (o option) name() string {
	if o.env != "" {
		return o.env
	}
	return "--" + o.flag
}

// ways reads the option each way that there is to give it; all must say the same.
func (o option) ways(t *testing.T, config func() any) map[string]any {
	t.Helper()
	all := map[string]any{}
	add := func(way string, arguments ...string) {
		c, err := parseInto(t, config(), arguments...)
		if err != nil {
			t.Fatalf("by %s: %v", way, err)
		}
		for other, same := range all {
			if !reflect.DeepEqual(same, c) {
				t.Errorf("by %s it sets %v, by %s %v", way, changed(t, config, c), other, changed(t, config, same))
			}
		}
		all[way] = c
	}
	long := o.flag
	if short, rest, found := strings.Cut(o.flag, ","); found {
		long = rest
		if o.value == "true" {
			add("-"+short, "-"+short)
		} else {
			add("-"+short, "-"+short, o.value)
		}
	}
	if long != "" {
		add("--"+long, "--"+long+"="+o.value)
	}
	if o.env != "" {
		t.Setenv(o.env, o.value)
		add(o.env)
		if err := os.Unsetenv(o.env); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// parseInto reads a command line, and the environment, as main does.
func parseInto(t *testing.T, config any, arguments ...string) (any, error) {
	t.Helper()
	parser, err := kong.New(config)
	if err != nil {
		t.Fatal(err)
	}
	// Without the validation that kong does itself: one option alone is not enough
	// for an edge.
	trace, err := kong.Trace(parser, arguments)
	if err == nil {
		err = trace.Error
	}
	if err == nil {
		err = trace.Reset() // defaults and variables
	}
	if err == nil {
		err = trace.Resolve()
	}
	if err == nil {
		_, err = trace.Apply()
	}
	return config, err
}

// checkUsed: exactly one field is not what it was, and the code of this package
// asks for it.
func (o option) checkUsed(t *testing.T, used map[string]bool, plain, given any) {
	t.Helper()
	if fields := differ(plain, given); len(fields) != 1 || !used[fields[0]] {
		t.Errorf("it sets %v; used: %t", fields, len(fields) == 1 && used[fields[0]])
	}
}

func changed(t *testing.T, config func() any, given any) []string {
	t.Helper()
	plain, err := parseInto(t, config())
	if err != nil {
		t.Fatal(err)
	}
	return differ(plain, given)
}

// differ are the fields of two settings that differ.
func differ(plain, given any) (fields []string) {
	a, b := reflect.ValueOf(plain).Elem(), reflect.ValueOf(given).Elem()
	for _, f := range reflect.VisibleFields(a.Type()) {
		if !f.Anonymous && !reflect.DeepEqual(a.FieldByIndex(f.Index).Interface(), b.FieldByIndex(f.Index).Interface()) {
			fields = append(fields, f.Name)
		}
	}
	return fields
}

// selectors are the names x of all y.x in the code of this package, tests left out.
func selectors(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				all[s.Sel.Name] = true
			}
			return true
		})
	}
	return all
}
