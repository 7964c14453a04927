package main

import (
	"context"
	"time"

	"github.com/burgeehq/burgee/internal/app"
)

type proxyCommand struct {
	app.ProxyConfig
}

// Run serves until the context ends.
func (c *proxyCommand) Run(ctx context.Context) error {
	if err := c.SetLog(); err != nil {
		return err
	}
	c.Version = version
	proxy, err := app.NewProxy(ctx, c.ProxyConfig, time.Now)
	if err != nil {
		return err
	}
	return proxy.Run(ctx)
}
