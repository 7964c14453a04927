package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"github.com/burgeehq/burgee/internal/app"
)

// parse reads settings as the program does, from flags and variables.
func parse(t *testing.T, flags []string, variables map[string]string) (app.ServeConfig, error) {
	t.Helper()
	for name, value := range variables {
		t.Setenv(name, value)
	}
	if err := app.LoadEnvironment(); err != nil {
		return app.ServeConfig{}, err
	}
	var config app.ServeConfig
	parser, err := kong.New(&config)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(flags); err != nil {
		return config, err
	}
	return config, config.Validate()
}

func retained(c app.ServeConfig) string {
	return fmt.Sprintf("%d h %d d %d h %d d", c.KeepUsageHours, c.KeepUsageDays, c.KeepInstancesHours, c.KeepApplicationsDays)
}

// TestValidSettings says what a setting becomes. Not parallel: the environment
// belongs to the process.
func TestValidSettings(t *testing.T) { //nolint:paralleltest // see above
	type env = map[string]string
	for _, c := range []struct {
		name  string
		flags []string
		env   env
		got   func(app.ServeConfig) string
		want  string
	}{
		{"default address", nil, nil, func(c app.ServeConfig) string { return c.Listen }, ":4242"},
		{"address by flag", []string{"--listen", "127.0.0.1:1"}, nil, func(c app.ServeConfig) string { return c.Listen }, "127.0.0.1:1"},
		{"address by variable", nil, env{"BURGEE_LISTEN": "[::1]:80"}, func(c app.ServeConfig) string { return c.Listen }, "[::1]:80"},
		{"the flag wins", []string{"--listen=:1"}, env{"BURGEE_LISTEN": ":2"}, func(c app.ServeConfig) string { return c.Listen }, ":1"},
		{"any port", []string{"--listen=localhost:0"}, nil, func(c app.ServeConfig) string { return c.Listen }, "localhost:0"},
		{"default data", nil, nil, func(c app.ServeConfig) string { return c.DataDir }, "./data"},
		{"data", nil, env{"BURGEE_DATA_DIR": "/var/lib/burgee"}, func(c app.ServeConfig) string { return c.DataDir }, "/var/lib/burgee"},
		{"no base path", nil, nil, func(c app.ServeConfig) string { return c.BasePath }, ""},
		{"base path", []string{"--base-path=/flags"}, nil, func(c app.ServeConfig) string { return c.BasePath }, "/flags"},
		{"deep base path", nil, env{"BURGEE_BASE_PATH": "/a-b/c.d_e~1"}, func(c app.ServeConfig) string { return c.BasePath }, "/a-b/c.d_e~1"},
		{"base path as Unleash names it", nil, env{"BASE_URI_PATH": "/flags"}, func(c app.ServeConfig) string { return c.BasePath }, "/flags"},
		{"empty variables are as none", nil, env{"BURGEE_LISTEN": "", "BURGEE_TRUSTED_PROXIES": "", "UNLEASH_FRONTEND_API_ORIGINS": "", "BURGEE_LOG_LEVEL": ""}, func(c app.ServeConfig) string {
			return c.Listen + strings.Join(c.TrustedProxies, "|") + strings.Join(c.FrontendOrigins, "|") + c.LogLevel
		}, ":4242*info"},
		{"spaces after commas", nil, env{"BURGEE_TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2"}, func(c app.ServeConfig) string { return strings.Join(c.TrustedProxies, "|") }, "10.0.0.1| 10.0.0.2"},
		{"no proxies", nil, nil, func(c app.ServeConfig) string { return strings.Join(c.TrustedProxies, "|") }, ""},
		{"proxies", []string{"--trusted-proxies=10.0.0.1,192.168.0.0/16"}, nil, func(c app.ServeConfig) string { return strings.Join(c.TrustedProxies, "|") }, "10.0.0.1|192.168.0.0/16"},
		{"proxies by variable", nil, env{"BURGEE_TRUSTED_PROXIES": "::1,fd00::/8,::ffff:10.0.0.0/104"}, func(c app.ServeConfig) string { return strings.Join(c.TrustedProxies, "|") }, "::1|fd00::/8|::ffff:10.0.0.0/104"},
		{"TLS", []string{"--tls-cert=c", "--tls-key=k"}, nil, func(c app.ServeConfig) string { return c.TLSCert + c.TLSKey }, "ck"},
		{"default level", nil, nil, func(c app.ServeConfig) string { return c.LogLevel }, "info"},
		{"level", nil, env{"BURGEE_LOG_LEVEL": "debug"}, func(c app.ServeConfig) string { return c.LogLevel }, "debug"},
		{"level as Unleash names it", nil, env{"LOG_LEVEL": "WARN"}, func(c app.ServeConfig) string { return c.LogLevel }, "WARN"},
		{"default retention", nil, env{"BURGEE_KEEP_USAGE_DAYS": "", "EMAIL_PORT": ""}, retained, "48 h 90 d 48 h 30 d"},
		{"retention", []string{"--keep-instances-hours=1"}, env{"BURGEE_KEEP_USAGE_HOURS": "72", "BURGEE_KEEP_USAGE_DAYS": "4", "BURGEE_KEEP_APPLICATIONS_DAYS": "365"}, retained, "72 h 4 d 1 h 365 d"},
		{"profiles", []string{"--profile-listen=[::1]:6060"}, nil, func(c app.ServeConfig) string { return c.ProfileListen }, "[::1]:6060"},
		{"profiles by variable", nil, env{"BURGEE_PROFILE_LISTEN": "127.0.0.1:0"}, func(c app.ServeConfig) string { return c.ProfileListen }, "127.0.0.1:0"},
		{"every origin", nil, nil, func(c app.ServeConfig) string { return strings.Join(c.FrontendOrigins, "|") }, "*"},
		{"origins", nil, env{"UNLEASH_FRONTEND_API_ORIGINS": "https://a.example,https://b.example"}, func(c app.ServeConfig) string { return strings.Join(c.FrontendOrigins, "|") }, "https://a.example|https://b.example"},
		{"tokens", nil, env{"INIT_CLIENT_API_TOKENS": "*:development.a,b"}, func(c app.ServeConfig) string { return strings.Join(c.InitClientTokens, "|") }, "*:development.a|b"},
		{"tokens of a file", nil, env{"INIT_ADMIN_API_TOKENS_FILE": "testdata/secret.txt"}, func(c app.ServeConfig) string { return strings.Join(c.InitAdminTokens, "|") }, "*:*.from-a-file"},
		{"the variable wins over the file", nil, env{"INIT_ADMIN_API_TOKENS_FILE": "testdata/none", "INIT_ADMIN_API_TOKENS": "*:*.x"}, func(c app.ServeConfig) string { return strings.Join(c.InitAdminTokens, "|") }, "*:*.x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("INIT_ADMIN_API_TOKENS", "") // put back what LoadEnvironment sets
			config, err := parse(t, c.flags, c.env)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.got(config); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// TestInvalidSettings: an error names the setting and the value.
func TestInvalidSettings(t *testing.T) { //nolint:paralleltest // as above
	type env = map[string]string
	for _, c := range []struct {
		name  string
		flags []string
		env   env
		want  []string
	}{
		{"no port", []string{"--listen=localhost"}, nil, []string{"--listen", `"localhost"`}},
		{"no number", []string{"--listen=:http"}, nil, []string{"--listen", `"http"`}},
		{"port too large", nil, env{"BURGEE_LISTEN": ":65536"}, []string{"--listen", "65535"}},
		{"negative port", []string{"--listen=:-1"}, nil, []string{"--listen"}},
		{"an URL", []string{"--listen=http://localhost:1"}, nil, []string{"--listen"}},
		{"no data", []string{"--data-dir="}, nil, []string{"--data-dir"}},
		{"base path without slash", []string{"--base-path=flags"}, nil, []string{"--base-path", `"flags"`}},
		{"base path with a slash at the end", []string{"--base-path=/flags/"}, nil, []string{"--base-path"}},
		{"only a slash", []string{"--base-path=/"}, nil, []string{"--base-path"}},
		{"two slashes", []string{"--base-path=/a//b"}, nil, []string{"--base-path"}},
		{"a folder up", []string{"--base-path=/a/.."}, nil, []string{"--base-path"}},
		{"a space", nil, env{"BASE_URI_PATH": "/a b"}, []string{"--base-path", "/a b"}},
		{"a query", []string{"--base-path=/a?b"}, nil, []string{"--base-path"}},
		{"a host as proxy", []string{"--trusted-proxies=proxy.example"}, nil, []string{"--trusted-proxies", `"proxy.example"`}},
		{"one bad proxy of two", nil, env{"BURGEE_TRUSTED_PROXIES": "10.0.0.1,10.0.0.0/33"}, []string{"--trusted-proxies", `"10.0.0.0/33"`}},
		{"certificate without key", []string{"--tls-cert=c"}, nil, []string{"--tls-cert", "--tls-key"}},
		{"key without certificate", nil, env{"BURGEE_TLS_KEY": "k"}, []string{"--tls-cert", "--tls-key"}},
		{"a key that is none", nil, env{"BURGEE_SEAL_KEY": "aGVsbG8="}, []string{"BURGEE_SEAL_KEY", "key 1 of 1", "32 bytes"}},
		{"a key of a file", nil, env{"BURGEE_SEAL_KEY": "", "BURGEE_SEAL_KEY_FILE": "testdata/secret.txt"}, []string{"BURGEE_SEAL_KEY", "32 bytes"}},
		{"no hours of usage", []string{"--keep-usage-hours=-1"}, nil, []string{"--keep-usage-hours", "from 48 to 8784", "-1"}},
		{"fewer hours than lists show", nil, env{"BURGEE_KEEP_USAGE_HOURS": "47"}, []string{"--keep-usage-hours"}},
		{"days beyond ten years", nil, env{"BURGEE_KEEP_USAGE_DAYS": "3661"}, []string{"--keep-usage-days", "3660"}},
		{"hours for longer than days", []string{"--keep-usage-hours=72", "--keep-usage-days=3"}, nil, []string{"--keep-usage-days", "72 hours"}},
		{"profiles for everybody", []string{"--profile-listen=:6060"}, nil, []string{"--profile-listen", `":6060"`, "loopback"}},
		{"profiles on a network", nil, env{"BURGEE_PROFILE_LISTEN": "10.0.0.1:6060"}, []string{"--profile-listen", "10.0.0.1"}},
		{"profiles by a name", []string{"--profile-listen=localhost:6060"}, nil, []string{"--profile-listen", "127.0.0.1:6060"}},
		{"unknown level", nil, env{"BURGEE_LOG_LEVEL": "verbose"}, []string{"--log-level", `"verbose"`}},
		{"unknown flag", []string{"--nonsense"}, nil, []string{"--nonsense"}},
		{"an argument", []string{"nonsense"}, nil, []string{"nonsense"}},
		{"a file of secrets that is not there", nil, env{"INIT_FRONTEND_API_TOKENS_FILE": "testdata/none"}, []string{"INIT_FRONTEND_API_TOKENS_FILE", "testdata/none"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := parse(t, c.flags, c.env)
			if err == nil {
				t.Fatal("no error")
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %s", err, want)
				}
			}
		})
	}
}
