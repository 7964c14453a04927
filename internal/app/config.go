package app

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"strconv"

	"github.com/burgeehq/burgee/internal/telemetry"
	"github.com/burgeehq/burgee/internal/token"
)

// ServeConfig is every setting of `burgee serve`: flag, environment variable,
// default and help in one place. Values of variables that hold secrets can
// come from a file: NAME_FILE is read when NAME is not set.
type ServeConfig struct {
	// Version names the build, for metrics; not a setting.
	Version string `kong:"-"`

	Listen  string `help:"Address to listen on, host:port." default:":4242" env:"BURGEE_LISTEN"`
	DataDir string `help:"Directory of the SQLite database; made when missing." default:"./data" env:"BURGEE_DATA_DIR"`

	DatabaseConfig
	DatabaseLimits

	BasePath       string   `help:"Path prefix of every address, such as /flags." env:"BURGEE_BASE_PATH,BASE_URI_PATH"`
	TrustedProxies []string `help:"Addresses or CIDR ranges of reverse proxies whose X-Forwarded-For is believed." env:"BURGEE_TRUSTED_PROXIES"`
	TLSCert        string   `name:"tls-cert" help:"PEM file with the TLS certificate chain." env:"BURGEE_TLS_CERT"`
	TLSKey         string   `name:"tls-key" help:"PEM file with the TLS private key." env:"BURGEE_TLS_KEY"`

	LogLevel string `help:"What the log tells: debug, info, warn or error. Every request is logged at debug." default:"info" env:"BURGEE_LOG_LEVEL,LOG_LEVEL"`

	AdminUsername string `hidden:"" help:"Name of the first administrator, made at the first start; admin without it." env:"UNLEASH_DEFAULT_ADMIN_USERNAME"`
	AdminPassword string `hidden:"" help:"Password of the first administrator; without it one is generated and logged once." env:"UNLEASH_DEFAULT_ADMIN_PASSWORD"`

	InitAdminTokens    []string `hidden:"" help:"Admin tokens that exist from the start: any secrets." env:"INIT_ADMIN_API_TOKENS"`
	InitClientTokens   []string `hidden:"" help:"Client tokens that exist from the start, as project:environment.anything; a secret without a colon covers all projects in development." env:"INIT_CLIENT_API_TOKENS"`
	InitBackendTokens  []string `hidden:"" help:"The same by its newer name; wins over INIT_CLIENT_API_TOKENS." env:"INIT_BACKEND_API_TOKENS"`
	InitFrontendTokens []string `hidden:"" help:"Front-end tokens that exist from the start, written as client tokens are." env:"INIT_FRONTEND_API_TOKENS"`

	SealKey   []string `hidden:"" help:"Keys for sealed copies of token secrets, 32 bytes in base64 each: the first seals, all open; no copies are kept without." env:"BURGEE_SEAL_KEY"`
	SealTools []string `help:"Programs, by User-Agent without version or by unleash-appname, whose tokens are sealed and shown to them with their secrets, given the permission." default:"terraform-provider-unleash,unleasherator" env:"BURGEE_SEAL_TOOLS"`

	MailConfig
	RetentionConfig
	StreamConfig
	ProfileConfig

	WebhookNetworks []string `help:"Addresses or CIDR ranges that are not public and to which webhooks may be sent nevertheless, such as 10.0.0.0/8." env:"BURGEE_WEBHOOK_NETWORKS"`

	FrontendOrigins []string `help:"Origins that may call the front-end API from a browser." default:"*" env:"UNLEASH_FRONTEND_API_ORIGINS"`
}

// Validate reports the first setting that cannot work, naming flag and rule.
func (c ServeConfig) Validate() error {
	if err := checkListen(c.Listen); err != nil {
		return err
	}
	if c.DataDir == "" {
		return fmt.Errorf("--data-dir must not be empty")
	}
	if err := errors.Join(c.DatabaseConfig.validate(), c.DatabaseLimits.validate()); err != nil {
		return err
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return fmt.Errorf("--tls-cert and --tls-key go together: only one is set")
	}
	if c.BasePath != "" && !basePath.MatchString(c.BasePath) {
		return fmt.Errorf("--base-path %q must start with a slash, not end with one, and hold only letters, digits and -_.~ between slashes", c.BasePath)
	}
	if _, err := telemetry.ParseLevel(c.LogLevel); err != nil {
		return fmt.Errorf("--log-level: %w", err)
	}
	if _, err := c.sealer(); err != nil {
		return err
	}
	if err := c.MailConfig.validate(); err != nil {
		return err
	}
	if err := c.RetentionConfig.validate(); err != nil {
		return err
	}
	if err := errors.Join(c.StreamConfig.validate(), c.ProfileConfig.validate()); err != nil {
		return err
	}
	if _, err := prefixes("--webhook-networks", c.WebhookNetworks); err != nil {
		return err
	}
	_, err := c.trustedProxies()
	return err
}

// basePath is what needs no escaping in a URL.
var basePath = regexp.MustCompile(`^(/[A-Za-z0-9_.~-]*[A-Za-z0-9_~-])+$`)

// checkListen reports an address that nobody can listen on.
func checkListen(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("--listen %q is not host:port, such as :4242 or 127.0.0.1:4242", address)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("--listen %q: the port must be a number from 0 to 65535, not %q", address, port)
	}
	return nil
}

// sealer returns what seals secrets of tokens; nil without a key. Its errors
// never show a key.
func (c ServeConfig) sealer() (*token.Sealer, error) {
	if len(c.SealKey) == 0 {
		return nil, nil //nolint:nilnil // sealed copies are off
	}
	sealer, err := token.NewSealer(c.SealKey)
	if err != nil {
		return nil, fmt.Errorf("BURGEE_SEAL_KEY: %w", err)
	}
	return sealer, nil
}

func (c ServeConfig) trustedProxies() ([]netip.Prefix, error) {
	return prefixes("--trusted-proxies", c.TrustedProxies)
}

// parsePrefix reads an address or a CIDR range, in the form in which package
// web compares them: no zone, no IPv4 in IPv6.
func parsePrefix(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		addr = addr.Unmap().WithZone("")
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("reading a CIDR range: %w", err)
	}
	const mapped = 96 // the bits in front of an IPv4 address in IPv6
	if prefix.Addr().Is4In6() && prefix.Bits() >= mapped {
		prefix = netip.PrefixFrom(prefix.Addr().Unmap(), prefix.Bits()-mapped)
	}
	return prefix.Masked(), nil
}
