package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"
)

// read is one request that is measured.
type read struct {
	name, path string
	header     http.Header
}

// with returns the read with one more header.
func (r read) with(name, key, value string) read {
	header := maps.Clone(r.header)
	header.Set(key, value)
	return read{name: name, path: r.path, header: header}
}

// answer is what a read gets. Its fields are exported for the ceiling's
// process, which gets it as JSON.
type answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// request returns the bytes on the wire.
func (r read) request(ctx context.Context, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+r.path, http.NoBody)
	if err != nil {
		return nil, err
	}
	request.Header = r.header
	var wire bytes.Buffer
	err = request.Write(&wire)
	return wire.Bytes(), err
}

// get sends the read once.
func (r read) get(ctx context.Context, address string) (answer, error) {
	c, err := dial(ctx, address)
	if err != nil {
		return answer{}, err
	}
	defer c.close()
	wire, err := r.request(ctx, address)
	if err != nil {
		return answer{}, err
	}
	got, err := c.exchange(wire)
	if err == nil && got.Status != http.StatusOK && got.Status != http.StatusNotModified {
		err = fmt.Errorf("status %d: %s", got.Status, got.Body)
	}
	return got, err
}

// connection sends one request at a time.
type connection struct {
	conn   net.Conn
	reader *bufio.Reader
}

func dial(ctx context.Context, address string) (*connection, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return &connection{conn: conn, reader: bufio.NewReaderSize(conn, 64<<10)}, nil
}

func (c *connection) close() { _ = c.conn.Close() }

func (c *connection) exchange(wire []byte) (answer, error) {
	if _, err := c.conn.Write(wire); err != nil {
		return answer{}, err
	}
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{Status: response.StatusCode, Header: response.Header, Body: body}, err
}

// skim is exchange for the measurement: it reads the status and throws the
// rest away.
func (c *connection) skim(wire []byte) (status int, err error) {
	if _, err := c.conn.Write(wire); err != nil {
		return 0, err
	}
	length, chunked := -1, false
	for first := true; ; first = false {
		line, err := c.reader.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case first:
			status, err = number(line, len("HTTP/1.1 "), len("HTTP/1.1 200"))
		case len(line) == 0 && chunked:
			return status, c.skimChunks()
		case len(line) == 0:
			if length < 0 && status != http.StatusNotModified {
				return 0, errors.New("an answer without Content-Length")
			}
			_, err = c.reader.Discard(max(length, 0))
			return status, err
		case len(line) > len(contentLength) && bytes.EqualFold(line[:len(contentLength)], contentLength):
			length, err = number(line, len(contentLength)+1, len(line))
		case bytes.EqualFold(line, inChunks):
			chunked = true
		}
		if err != nil {
			return 0, err
		}
	}
}

// skimChunks throws away a body in chunks, as Unleash sends what it compresses.
func (c *connection) skimChunks() error {
	for {
		line, err := c.reader.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, err := strconv.ParseUint(string(bytes.TrimRight(line, "\r\n")), 16, 31)
		if err != nil {
			return fmt.Errorf("the size of a chunk: %w", err)
		}
		const end = len("\r\n")
		if _, err := c.reader.Discard(int(size) + end); err != nil || size == 0 {
			return err
		}
	}
}

var (
	contentLength = []byte("Content-Length:")
	inChunks      = []byte("Transfer-Encoding: chunked")
)

func number(line []byte, from, to int) (int, error) {
	if to > len(line) || from >= to {
		return 0, fmt.Errorf("a malformed line %q", line)
	}
	n := 0
	for _, digit := range line[from:to] {
		if digit < '0' || digit > '9' {
			return 0, fmt.Errorf("a malformed line %q", line)
		}
		n = 10*n + int(digit-'0')
	}
	return n, nil
}

// result is one measurement.
type result struct {
	rate           float64 // requests a second
	p50, p99, p999 time.Duration
	cpu            time.Duration // of the measured process, for a request
}

// pressure is how a process is loaded.
type pressure struct {
	connections int // each with one request at a time
	lasting     time.Duration
	every       time.Duration // a connection's time from request to request; 0 for as fast as answers come
}

// load sends the read over all connections for a time and fails when an
// answer is not as the sample.
func load(ctx context.Context, p process, r read, sample answer, by pressure) (result, error) {
	wire, err := r.request(ctx, p.address)
	if err != nil {
		return result{}, err
	}
	before, err := p.cpu()
	if err != nil {
		return result{}, err
	}
	group, ctx := errgroup.WithContext(ctx)
	took := make([][]time.Duration, by.connections)
	began := time.Now()
	end := began.Add(by.lasting)
	for i := range took {
		group.Go(func() error {
			c, err := dial(ctx, p.address)
			if err != nil {
				return err
			}
			defer c.close()
			for at := time.Now(); at.Before(end) && ctx.Err() == nil; {
				status, err := c.skim(wire)
				if err == nil && status != sample.Status {
					err = fmt.Errorf("status %d", status)
				}
				if err != nil {
					return err
				}
				now := time.Now()
				took[i] = append(took[i], now.Sub(at))
				if rest := by.every - now.Sub(at); rest > 0 {
					time.Sleep(rest)
					now = time.Now()
				}
				at = now
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return result{}, err
	}
	elapsed := time.Since(began)
	after, err := p.cpu()
	if err != nil {
		return result{}, err
	}
	all := slices.Concat(took...)
	slices.Sort(all)
	if len(all) == 0 {
		return result{}, errors.New("no answer in time")
	}
	return result{
		rate: float64(len(all)) / elapsed.Seconds(), cpu: (after - before) / time.Duration(len(all)),
		p50: all[len(all)/2], p99: all[len(all)*99/100], p999: all[len(all)*999/1000],
	}, nil
}
