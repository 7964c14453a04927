package edge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/redis/go-redis/v9"
)

// redisLife is how long Redis keeps what no edge writes any more.
const redisLife = 30 * 24 * time.Hour

// Redis is a [Shelf]: a key for each name, behind a prefix.
type Redis struct {
	client redis.UniversalClient
	prefix string
}

// RedisOptions are what [OpenRedis] connects to.
type RedisOptions struct {
	// URLs are redis://, rediss:// or unix:// addresses: one, or several of a
	// cluster.
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
	all := &redis.UniversalOptions{ReadTimeout: o.Read, WriteTimeout: o.Write, DialTimeout: o.Read, MaxRetries: 1, IsClusterMode: o.Cluster}
	for i, text := range o.URLs {
		one, err := redis.ParseURL(text)
		if err != nil {
			return nil, fmt.Errorf("address %d is none of Redis: it must be as in redis://user:password@host:6379/0, rediss:// or unix:///path", i+1)
		}
		all.Addrs = append(all.Addrs, one.Addr)
		if i == 0 {
			all.Username, all.Password, all.DB, all.TLSConfig = one.Username, one.Password, one.DB, one.TLSConfig
		}
	}
	redis.SetLogger(quiet{})
	return &Redis{client: redis.NewUniversalClient(all), prefix: o.Prefix}, nil
}

// quiet is the log of the Redis client: what fails is told by the caller, once.
type quiet struct{}

// Printf implements the logger of the Redis client.
func (quiet) Printf(ctx context.Context, format string, v ...any) {
	slog.DebugContext(ctx, "the Redis client", "says", fmt.Sprintf(format, v...))
}

func (r *Redis) key(name string) string { return r.prefix + ":" + name }

// Put implements [Shelf].
func (r *Redis) Put(ctx context.Context, name string, content []byte) error {
	if err := r.client.Set(ctx, r.key(name), content, redisLife).Err(); err != nil {
		return fmt.Errorf("writing to Redis: %w", err)
	}
	return nil
}

// Get implements [Shelf].
func (r *Redis) Get(ctx context.Context, name string) ([]byte, error) {
	content, err := r.client.Get(ctx, r.key(name)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading from Redis: %w", err)
	}
	return content, nil
}

// Close implements [Shelf].
func (r *Redis) Close() error {
	if err := r.client.Close(); err != nil {
		return fmt.Errorf("closing Redis: %w", err)
	}
	return nil
}
