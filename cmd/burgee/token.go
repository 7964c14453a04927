package main

import (
	"context"
	"time"

	"github.com/burgeehq/burgee/internal/app"
)

type tokenCommand struct {
	Create  tokenCreateCommand  `cmd:"" help:"Create an API token. Its secret alone goes to standard output."`
	List    tokenListCommand    `cmd:"" help:"List API tokens."`
	Rotate  tokenRotateCommand  `cmd:"" help:"Give an API token a new secret, which alone goes to standard output; the old one works on for a while."`
	Explain tokenExplainCommand `cmd:"" help:"Say what an API token can do, and why a request with it is refused."`
	Revoke  tokenRevokeCommand  `cmd:"" help:"Delete an API token: it opens nothing any more."`
	Disable tokenDisableCommand `cmd:"" help:"Make an API token open nothing until it is enabled again."`
	Enable  tokenEnableCommand  `cmd:"" help:"Let a disabled API token open again what it did."`
	Scan    tokenScanCommand    `cmd:"" help:"Find leaked secrets; exit status 1 when there is one, 2 when not everything could be read."`
}

type tokenCreateCommand struct{ app.TokenCreateConfig }

// Run creates the token.
func (c *tokenCreateCommand) Run(ctx context.Context, streams app.Streams) error {
	return app.CreateToken(ctx, c.TokenCreateConfig, streams, time.Now)
}

type tokenListCommand struct{ app.TokenTarget }

// Run lists the tokens.
func (c *tokenListCommand) Run(ctx context.Context, streams app.Streams) error {
	return app.ListTokens(ctx, c.TokenTarget, streams, time.Now)
}

type tokenRotateCommand struct{ app.TokenRotateConfig }

// Run rotates the token.
func (c *tokenRotateCommand) Run(ctx context.Context, streams app.Streams) error {
	return app.RotateToken(ctx, c.TokenRotateConfig, streams, time.Now)
}

type tokenExplainCommand struct{ app.TokenExplainConfig }

// Run explains the token.
func (c *tokenExplainCommand) Run(ctx context.Context, streams app.Streams) error {
	return app.ExplainToken(ctx, c.TokenExplainConfig, streams)
}

type tokenRevokeCommand struct{ app.TokenRevokeConfig }

// Run deletes the token.
func (c *tokenRevokeCommand) Run(ctx context.Context, streams app.Streams) error {
	return app.RevokeToken(ctx, c.TokenRevokeConfig, streams, time.Now)
}

type tokenDisableCommand struct{ app.TokenDisableConfig }

// Run disables the token.
func (c *tokenDisableCommand) Run(ctx context.Context, streams app.Streams) error {
	return app.DisableToken(ctx, c.TokenDisableConfig, true, streams, time.Now)
}

type tokenEnableCommand struct{ app.TokenDisableConfig }

// Run enables the token.
func (c *tokenEnableCommand) Run(ctx context.Context, streams app.Streams) error {
	return app.DisableToken(ctx, c.TokenDisableConfig, false, streams, time.Now)
}

type tokenScanCommand struct{ app.ScanConfig }

// Run looks for secrets.
func (c *tokenScanCommand) Run(ctx context.Context, streams app.Streams) error {
	return app.Scan(ctx, c.ScanConfig, streams, time.Now)
}

type userCommand struct {
	List          userListCommand  `cmd:"" help:"List users."`
	ResetPassword userResetCommand `cmd:"" help:"Give a user a new password, print it alone on standard output, and end the user's sessions."`
}

type userListCommand struct{ app.DataConfig }

// Run lists the users.
func (c *userListCommand) Run(ctx context.Context, streams app.Streams) error {
	return app.ListUsers(ctx, c.DataConfig, streams, time.Now)
}

type userResetCommand struct {
	app.DataConfig
	Username string `arg:"" help:"Username or e-mail address."`
}

// Run resets the password.
func (c *userResetCommand) Run(ctx context.Context, streams app.Streams) error {
	return app.ResetPassword(ctx, c.DataConfig, c.Username, streams, time.Now)
}

type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Read the whole event log; exit status 1 and the first event that was changed, added or removed when it was tampered with."`
}

type auditVerifyCommand struct{ app.AuditVerifyConfig }

// Run verifies the event log.
func (c *auditVerifyCommand) Run(ctx context.Context, streams app.Streams) error {
	return app.VerifyEvents(ctx, c.AuditVerifyConfig, streams, time.Now)
}
