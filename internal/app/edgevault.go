package app

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/burgeehq/burgee/internal/edge"
)

// vault is where an edge keeps what it knows; nil for nowhere.
func (c EdgeConfig) vault() (*edge.Vault, error) {
	if len(c.backends()) == 0 {
		return nil, nil //nolint:nilnil // nothing is kept
	}
	if c.BackupFolder != "" {
		folder, err := edge.NewFolder(c.BackupFolder)
		if err != nil {
			return nil, fmt.Errorf("--backup-folder: %w", err)
		}
		return edge.NewVault(folder, trimmed(c.Tokens), c.instance())
	}
	urls := trimmed(c.RedisURL)
	if len(urls) == 0 {
		urls = []string{c.redisURL()}
	}
	shelf, err := edge.OpenRedis(edge.RedisOptions{
		URLs: urls, Cluster: c.RedisMode == "cluster", Prefix: c.RedisPrefix,
		Read: time.Duration(c.RedisRead) * time.Millisecond, Write: time.Duration(c.RedisWrite) * time.Millisecond,
	})
	if err != nil {
		return nil, fmt.Errorf("--redis-url: %w", err)
	}
	return edge.NewVault(shelf, trimmed(c.Tokens), c.instance())
}

// redisURL is the address that host, port and the rest make.
func (c EdgeConfig) redisURL() string {
	var user *url.Userinfo
	if c.RedisUsername != "" || c.RedisPassword != "" {
		user = url.UserPassword(c.RedisUsername, c.RedisPassword)
	}
	switch {
	case c.RedisScheme == "unix" || c.RedisScheme == "redis-unix":
		return (&url.URL{Scheme: "unix", User: user, Path: c.RedisHost}).String()
	case c.RedisSecure || c.RedisScheme == "tls" || c.RedisScheme == "rediss":
		return (&url.URL{Scheme: "rediss", User: user, Host: c.RedisHost + ":" + strconv.Itoa(int(c.RedisPort))}).String()
	default:
		return (&url.URL{Scheme: "redis", User: user, Host: c.RedisHost + ":" + strconv.Itoa(int(c.RedisPort))}).String()
	}
}
