package app

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
)

// secretFiles are the variables whose value may come from a file.
var secretFiles = []string{
	"DATABASE_URL", "DATABASE_USERNAME", "DATABASE_PASSWORD", "BURGEE_DATABASE_LISTEN_URL",
	"BURGEE_MIGRATE_FROM", "BURGEE_MIGRATE_TO",
	"UNLEASH_DEFAULT_ADMIN_PASSWORD", "EMAIL_PASSWORD", "BURGEE_SEAL_KEY",
	"TOKENS", "PRETRUSTED_TOKENS", "CLIENT_TOKENS", "FRONTEND_TOKENS", "REDIS_URL", "REDIS_PASSWORD", "CUSTOM_CLIENT_HEADERS",
	"UNLEASH_API_TOKEN", "UNLEASH_PROXY_CLIENT_KEYS", "UNLEASH_PROXY_SECRETS", "EXP_SERVER_SIDE_SDK_CONFIG_TOKENS",
	"INIT_ADMIN_API_TOKENS", "INIT_CLIENT_API_TOKENS", "INIT_BACKEND_API_TOKENS", "INIT_FRONTEND_API_TOKENS",
}

// LoadEnvironment makes the process's variables ready for the command line,
// which must be parsed after it. A variable of a setting that is empty counts
// as not set; one that may hold a secret is read from the file that NAME_FILE
// names, unless NAME is set.
func LoadEnvironment() error {
	for _, name := range slices.Concat(variables(ServeConfig{}), variables(HealthConfig{}), variables(EdgeConfig{}), variables(ProxyConfig{}), variables(ProbeConfig{}), variables(MoveConfig{})) {
		if value, set := os.LookupEnv(name); !set || value != "" {
			continue
		}
		if err := os.Unsetenv(name); err != nil {
			return fmt.Errorf("clearing %s: %w", name, err)
		}
	}
	for _, name := range secretFiles {
		file := os.Getenv(name + "_FILE")
		if file == "" || os.Getenv(name) != "" {
			continue
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("reading %s_FILE: %w", name, err)
		}
		if err := os.Setenv(name, strings.TrimSpace(string(content))); err != nil {
			return fmt.Errorf("setting %s: %w", name, err)
		}
	}
	return nil
}

// variables returns the variables of all settings of a command.
func variables(config any) []string {
	var all []string
	for _, field := range reflect.VisibleFields(reflect.TypeOf(config)) {
		if names := field.Tag.Get("env"); names != "" {
			all = append(all, strings.Split(names, ",")...)
		}
	}
	return all
}
