package edge

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gomodule/redigo/redis"
)

const (
	// redisLife is how long Redis keeps what no edge writes any more.
	redisLife = 30 * 24 * time.Hour
	// maxRedirects bounds how often the nodes of a cluster may send a command on.
	maxRedirects = 5
)

// Redis is a [Shelf]: a key for each name, behind a prefix. Of a cluster it
// remembers where each key is; a node says so when it is asked for a key of
// another (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/).
type Redis struct {
	seeds   []string // addresses that were given
	cluster bool
	prefix  string
	dial    func(ctx context.Context, address string) (redis.Conn, error)

	mu    sync.Mutex
	pools map[string]*redis.Pool // by address
	at    map[string]string      // the address where a key was last
}

// RedisOptions are what [OpenRedis] connects to.
type RedisOptions struct {
	// URLs are redis://, rediss:// or unix:// addresses: one, or several of a
	// cluster, of which the first says how to sign in.
	URLs []string
	// Cluster says that the addresses are of a cluster even if there is one.
	Cluster bool
	// Read and Write bound each read and write.
	Read, Write time.Duration
	// Prefix begins every key.
	Prefix string
}

// OpenRedis returns a shelf for addresses. It does not connect: a Redis that is
// down is tried again with each use. Errors do not show passwords.
func OpenRedis(o RedisOptions) (*Redis, error) {
	r := &Redis{cluster: o.Cluster || len(o.URLs) > 1, prefix: o.Prefix, pools: make(map[string]*redis.Pool), at: make(map[string]string)}
	for i, text := range o.URLs {
		network, address, options, ok := parseRedis(text)
		if !ok {
			return nil, fmt.Errorf("address %d is none of Redis: it must be as in redis://user:password@host:6379/0, rediss:// or unix:///path", i+1)
		}
		r.seeds = append(r.seeds, address)
		if i > 0 {
			continue
		}
		options = append(options, redis.DialConnectTimeout(o.Read), redis.DialReadTimeout(o.Read), redis.DialWriteTimeout(o.Write))
		r.dial = func(ctx context.Context, address string) (redis.Conn, error) {
			return redis.DialContext(ctx, network, address, options...) //nolint:wrapcheck // do adds what failed
		}
	}
	return r, nil
}

// parseRedis reads an address of Redis. The number of the database is its path,
// or db in its query.
func parseRedis(text string) (network, address string, options []redis.DialOption, ok bool) {
	u, err := url.Parse(text)
	if err != nil {
		return "", "", nil, false
	}
	query := u.Query()
	db := query.Get("db")
	query.Del("db")
	switch u.Scheme {
	case "unix":
		network, address = "unix", u.Path
	case "redis", "rediss":
		network, address = "tcp", net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "6379"))
		db = cmp.Or(strings.Trim(u.Path, "/"), db)
	}
	number, err := strconv.ParseUint(cmp.Or(db, "0"), 10, 16)
	if err != nil || len(query) > 0 || address == "" || network == "tcp" && u.Hostname() == "" {
		return "", "", nil, false
	}
	password, _ := u.User.Password()
	options = []redis.DialOption{redis.DialDatabase(int(number)), redis.DialUsername(u.User.Username()), redis.DialPassword(password)}
	if u.Scheme == "rediss" {
		options = append(options, redis.DialUseTLS(true), redis.DialTLSConfig(&tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}))
	}
	return network, address, options, true
}

// Put implements [Shelf].
func (r *Redis) Put(ctx context.Context, name string, content []byte) error {
	if _, err := r.do(ctx, name, "SET", content, "EX", int(redisLife/time.Second)); err != nil {
		return fmt.Errorf("writing to Redis: %w", err)
	}
	return nil
}

// Get implements [Shelf].
func (r *Redis) Get(ctx context.Context, name string) ([]byte, error) {
	content, err := redis.Bytes(r.do(ctx, name, "GET"))
	if errors.Is(err, redis.ErrNil) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading from Redis: %w", err)
	}
	return content, nil
}

// Close implements [Shelf].
func (r *Redis) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []error
	for _, pool := range r.pools {
		all = append(all, pool.Close())
	}
	clear(r.pools)
	if err := errors.Join(all...); err != nil {
		return fmt.Errorf("closing Redis: %w", err)
	}
	return nil
}

// do runs a command on the key of a name: where it was last, else wherever one
// of the given addresses says.
func (r *Redis) do(ctx context.Context, name, command string, args ...any) (reply any, err error) {
	key := r.prefix + ":" + name
	args = append([]any{key}, args...)
	for _, address := range r.places(key) {
		var refused redis.Error
		reply, err = r.follow(ctx, key, address, command, args)
		if err == nil || errors.As(err, &refused) || ctx.Err() != nil {
			return reply, err
		}
	}
	return nil, err
}

// places are the addresses to ask for a key, in order.
func (r *Redis) places(key string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if known, ok := r.at[key]; ok {
		delete(r.at, key) // until it turns out to be right again
		return append([]string{known}, r.seeds...)
	}
	return r.seeds
}

// follow runs a command at an address, or where the nodes of a cluster send it
// on to, and remembers where that is.
func (r *Redis) follow(ctx context.Context, key, address, command string, args []any) (reply any, err error) {
	asking := false
	for range maxRedirects {
		reply, err = r.run(ctx, address, asking, command, args)
		sent, to, moved := redirect(err, address)
		if !sent {
			break
		}
		if !r.cluster {
			return nil, fmt.Errorf("%w: this is a node of a cluster, which --redis-mode must say", err)
		}
		address, asking = to, !moved
	}
	if err == nil && !asking {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.at[key] = address
	}
	return reply, err
}

// redirect reads an error by which a node sends a command on: "MOVED SLOT
// HOST:PORT" for good, "ASK SLOT HOST:PORT" once. An empty host is the node's
// own.
func redirect(err error, from string) (sent bool, to string, moved bool) {
	var refused redis.Error
	if !errors.As(err, &refused) {
		return false, "", false
	}
	words := strings.Fields(string(refused))
	if len(words) != 3 || words[0] != "MOVED" && words[0] != "ASK" {
		return false, "", false
	}
	to = words[2]
	if strings.HasPrefix(to, ":") {
		host, _, _ := net.SplitHostPort(from) // it was dialed
		to = net.JoinHostPort(host, to[1:])
	}
	return true, to, words[0] == "MOVED"
}

// run runs a command at one address.
func (r *Redis) run(ctx context.Context, address string, asking bool, command string, args []any) (any, error) {
	conn, err := r.pool(address).GetContext(ctx)
	if err != nil {
		return nil, err //nolint:wrapcheck // Put and Get say what failed
	}
	defer func() { _ = conn.Close() }() // it goes back to the pool
	if asking {
		if _, err := redis.DoContext(conn, ctx, "ASKING"); err != nil {
			return nil, err //nolint:wrapcheck // as above
		}
	}
	return redis.DoContext(conn, ctx, command, args...) //nolint:wrapcheck // as above
}

// pool returns the connections to an address: one that waits, and is tried
// before it is used again.
func (r *Redis) pool(address string) *redis.Pool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pools[address] == nil {
		r.pools[address] = &redis.Pool{
			MaxIdle: 1, IdleTimeout: time.Minute,
			DialContext: func(ctx context.Context) (redis.Conn, error) { return r.dial(ctx, address) },
			TestOnBorrowContext: func(ctx context.Context, c redis.Conn, _ time.Time) error {
				_, err := redis.DoContext(c, ctx, "PING")
				return err //nolint:wrapcheck // nobody sees it
			},
		}
	}
	return r.pools[address]
}
