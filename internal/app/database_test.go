package app

import (
	"strings"
	"testing"
)

// TestDatabaseAddress: the settings of Unleash deployments become one address,
// and what cannot work is named without a password.
func TestDatabaseAddress(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]DatabaseConfig{
		"": {},
		"postgres://ada:p%40ss@db:5433/flags?search_path=burgee&sslmode=verify-full": {
			DatabaseHost: "db", DatabasePort: 5433, DatabaseName: "flags", DatabaseUsername: "ada", DatabasePassword: "p@ss",
			DatabaseSSL: `{"rejectUnauthorized": true}`, DatabaseSchema: "burgee",
		},
		"postgres://ada@[::1]:5432/?sslmode=disable": {DatabaseHost: "::1", DatabasePort: 5432, DatabaseUsername: "ada", DatabaseSSL: "false"},
		"postgres://db/flags?sslmode=require":        {DatabaseHost: "db", DatabaseName: "flags", DatabaseSSL: `{"rejectUnauthorized": false}`},
		"postgres:///flags?host=%2Frun%2Fpg":         {DatabaseHost: "/run/pg", DatabaseName: "flags"},
		"postgresql://a,b/flags":                     {DatabaseURL: "postgresql://a,b/flags", DatabaseHost: "not-used"},
		"postgres://db/x?sslmode=require":            {DatabaseURL: "postgres://db/x?ssl=true"},
		"postgres://db/y?sslmode=disable":            {DatabaseURL: "postgres://db/y?ssl=false"},
		"postgres://db/z?sslmode=require":            {DatabaseURL: "postgres://db/z?sslmode=no-verify"},
	} {
		if err := c.validate(); err != nil {
			t.Errorf("%s: %v", want, err)
		}
		if got, _ := c.address(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for want, c := range map[string]DatabaseConfig{
		"--database-url":    {DatabaseURL: "mysql://ada:pa55word@db/x"},
		"DATABASE_SSL":      {DatabaseHost: "db", DatabaseSSL: "pa55word"},
		"DATABASE_PASSWORD": {DatabasePassword: "pa55word"},
		"must be an":        {DatabaseURL: "postgres://ada:pa55word@db:port/x"},
	} {
		if err := c.validate(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "pa55word") {
			t.Errorf("%v, want it to name %s and no password", err, want)
		}
	}
	for want, c := range map[string]DatabaseLimits{
		"--database-max-connections":     {DatabaseMaxConnections: 5},
		"--database-timeout":             {DatabaseTimeout: 1},
		"--database-connection-lifetime": {DatabaseConnectionLifetime: -1},
		"BURGEE_DATABASE_LISTEN_URL":     {DatabaseListenURL: "http://pa55word"},
	} {
		if err := c.validate(); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "pa55word") {
			t.Errorf("%v, want it to name %s", err, want)
		}
	}
}
