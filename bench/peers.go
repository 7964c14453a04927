package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/burgeehq/burgee/bench/workload"
)

const peersLimit = 2 * time.Minute // for Unleash Proxy to have the flags

// peerAddresses is what peers.mjs prints.
type peerAddresses struct {
	Unleash, Proxy          string
	UnleashPID, ProxyPID    int
	Admin, Client, Frontend string
}

func (a peerAddresses) unleash() process {
	return process{strings.TrimPrefix(a.Unleash, "http://"), a.UnleashPID}
}

func (a peerAddresses) proxy() process {
	return process{strings.TrimPrefix(a.Proxy, "http://"), a.ProxyPID}
}

// peers measures our reads beside those of Unleash and Unleash Proxy, on the
// medium workload. Their limits of requests are raised.
func peers(ctx context.Context, o options, out io.Writer) (err error) {
	_, _ = fmt.Fprintln(out, "starting Unleash and Unleash Proxy from npm: a minute")
	cmd := exec.CommandContext(ctx, "node", "bench/peers.mjs")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	lines, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close(), cmd.Wait()) }()
	text, err := bufio.NewReader(lines).ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("starting the peers: %w", err)
	}
	var at peerAddresses
	if err := json.Unmarshal(text, &at); err != nil {
		return err
	}
	unleash := &server{process: at.unleash(), admin: at.Admin}
	if err := unleash.fill(ctx, workload.Medium()); err != nil {
		return err
	}
	report := &report{out: out}
	err = withServer(ctx, o.burgee, func(s *server, _ string) error {
		if err := s.fill(ctx, workload.Medium()); err != nil {
			return err
		}
		return s.besidePeers(ctx, o, at, report.add)
	})
	if err != nil {
		return err
	}
	for _, p := range []struct {
		name string
		at   process
	}{{"Unleash", at.unleash()}, {"Unleash Proxy", at.proxy()}} {
		resident, err := p.at.resident()
		if err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out, "%s: %d MB resident\n", p.name, resident>>20)
	}
	return report.end(o.json)
}

// besidePeers measures a server beside Unleash, and a proxy beside Unleash
// Proxy.
func (s *server) besidePeers(ctx context.Context, o options, at peerAddresses, add func(row)) error {
	client, err := s.token(ctx, "client", "*")
	if err != nil {
		return err
	}
	frontend, err := s.token(ctx, "frontend", "*")
	if err != nil {
		return err
	}
	below, err := startProxy(ctx, o.burgee, s, client, proxyKey)
	if err != nil {
		return err
	}
	defer func() { _ = below.stop() }()
	ours, err := clientReads(ctx, s.process, client)
	if err != nil {
		return err
	}
	theirs, err := clientReads(ctx, at.unleash(), at.Client)
	if err != nil {
		return err
	}
	ours, theirs = append(ours, frontendRead("front end", "/api/frontend", frontend)), append(theirs, frontendRead("front end", "/api/frontend", at.Frontend))
	for i := range ours {
		if err := besidePeer(ctx, o, side{program: "serve", at: s.process, read: ours[i]}, side{program: "Unleash", at: at.unleash(), read: theirs[i]}, add); err != nil {
			return err
		}
	}
	r := frontendRead("proxy", "/proxy", proxyKey)
	return besidePeer(ctx, o, side{program: "proxy", at: below.process, read: r}, side{program: "Unleash Proxy", at: at.proxy(), read: r}, add)
}

// besidePeer measures one read of ours beside one of a peer, once both have
// the flags.
func besidePeer(ctx context.Context, o options, ours, theirs side, add func(row)) error {
	for _, s := range []*side{&ours, &theirs} {
		for end := time.Now().Add(peersLimit); ; time.Sleep(time.Second) {
			var err error
			s.sample, err = s.read.get(ctx, s.at.address)
			if err == nil && (s.sample.Status == http.StatusNotModified || len(s.sample.Body) > leastBody) {
				break
			}
			if time.Now().After(end) {
				return fmt.Errorf("%s, %s: no flags after %v: %w", s.program, s.read.name, peersLimit, err)
			}
		}
	}
	line, err := pair(ctx, o, "medium", ours, theirs)
	if err != nil {
		return err
	}
	add(line)
	return nil
}

// leastBody is less than any answer about the medium workload has, in bytes.
const leastBody = 2000
