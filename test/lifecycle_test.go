package test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestTwoProcesses: two processes may share a data directory, from the first
// start on, at the same moment: each sees what the other writes.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	binary(t) // built before the race
	var both [2]*process
	var starting sync.WaitGroup
	for i := range both {
		starting.Go(func() { both[i] = start(t, dir) })
	}
	starting.Wait()
	if both[0] == nil || both[1] == nil {
		t.Fatal("one of the processes did not start")
	}
	for i, p := range both {
		name := fmt.Sprintf("flag-%d", i)
		p.do(t, http.MethodPost, "/api/admin/projects/default/features", object{"name": name}, nil)
		other := both[1-i]
		secret := p.newToken(t, "client", name) // and it opens the other process
		for end := time.Now().Add(startLimit); ; time.Sleep(20 * time.Millisecond) {
			status, text, err := other.call(t.Context(), http.MethodGet, "/api/client/features", nil, "Authorization", secret)
			if err == nil && status == http.StatusOK && strings.Contains(string(text), name) {
				break
			}
			if time.Now().After(end) {
				t.Fatalf("%s does not arrive at the other process: %v, %d %s", name, err, status, text)
			}
		}
	}
	for _, p := range both {
		if err := p.signal(t, syscall.SIGTERM); err != nil {
			t.Errorf("ended with %v\n%s", err, p.log)
		}
	}
}

// TestSecondSignal: a request that never ends holds a stop up until a second
// signal, which ends the process at once.
func TestSecondSignal(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	hang(t, p)
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(startLimit); !strings.Contains(p.log.String(), `"stopping"`) && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	// The log may be ahead of the process by a moment, in which it still takes
	// a signal for the first: whoever wants it dead sends another.
	for ended := false; !ended; {
		_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended since
		select {
		case <-p.ended:
			ended = true
		case <-time.After(10 * time.Millisecond):
		}
	}
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() || status.Signal() != syscall.SIGTERM {
		t.Errorf("the process ended with %v", p.cmd.ProcessState)
	}
}

// TestStopCutsOff: a request that never ends is cut off, and the stop is no
// failure.
func TestStopCutsOff(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	hang(t, p)
	if err := p.signal(t, syscall.SIGTERM); err != nil {
		t.Errorf("ended with %v\n%s", err, p.log)
	}
	if !strings.Contains(p.log.String(), "cut off") {
		t.Errorf("the log does not say that a request was cut off:\n%s", p.log)
	}
}

// hang begins a request whose body never comes.
func hang(t *testing.T, p *process) {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(p.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() }) // the server may have closed it
	const head = "POST /api/admin/context HTTP/1.1\r\nHost: x\r\nAuthorization: " + adminSecret +
		"\r\nContent-Type: application/json\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n"
	if _, err := connection.Write([]byte(head)); err != nil {
		t.Fatal(err)
	}
	// The server asks for the body when its handler reads it.
	answer := make([]byte, len("HTTP/1.1 100"))
	if _, err := io.ReadFull(connection, answer); err != nil || string(answer) != "HTTP/1.1 100" {
		t.Fatalf("%q, %v", answer, err)
	}
}

// TestHeaderLimit: a header of more than 32 kB is refused.
func TestHeaderLimit(t *testing.T) {
	t.Parallel()
	p := start(t, t.TempDir())
	for size, want := range map[int]int{16 << 10: http.StatusOK, 64 << 10: http.StatusRequestHeaderFieldsTooLarge} {
		status, _, err := p.call(t.Context(), http.MethodGet, "/health", nil, "X-Large", strings.Repeat("a", size))
		if err != nil || status != want {
			t.Errorf("%d bytes: status %d, %v", size, status, err)
		}
	}
}

// TestTLS: with a certificate the server speaks TLS 1.2 and newer only, says so
// to browsers, and the health command trusts it on its own machine.
func TestTLS(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	certificate, key := selfSigned(t, dir)
	address, err := freeAddress()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{
		url: "https://" + address, log: &output{}, ended: make(chan struct{}),
		client: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}},
		cmd:    exec.Command(binary(t), "serve", "--listen", address, "--data-dir", filepath.Join(dir, "data"), "--tls-cert", certificate, "--tls-key", key),
	}
	p.run(t)
	for version, welcome := range map[uint16]bool{tls.VersionTLS10: false, tls.VersionTLS11: false, tls.VersionTLS12: true, tls.VersionTLS13: true} {
		connection, err := tls.Dial("tcp", address, &tls.Config{InsecureSkipVerify: true, MinVersion: version, MaxVersion: version})
		if (err == nil) != welcome {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
		if err == nil {
			_ = connection.Close() // nothing was sent
		}
	}
	answer, err := p.client.Get(p.url + "/health")
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.Header.Get("Strict-Transport-Security") == "" {
		t.Error("no Strict-Transport-Security")
	}
	if text, err := exec.Command(binary(t), "health", "--url", p.url+"/ready").CombinedOutput(); err != nil {
		t.Errorf("burgee health: %v: %s", err, text)
	}
	text, err := exec.Command(binary(t), "serve", "--data-dir", filepath.Join(dir, "none"), "--tls-cert", key, "--tls-key", key).CombinedOutput()
	if err == nil || !strings.Contains(string(text), "--tls-cert") {
		t.Errorf("a certificate that is none: %v: %s", err, text)
	}
}

// selfSigned writes a certificate for this machine and its key.
func selfSigned(t *testing.T, dir string) (certificateFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "burgee"}, DNSNames: []string{"flags.example"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certificateFile, keyFile = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{
		certificateFile: {Type: "CERTIFICATE", Bytes: certificate}, keyFile: {Type: "PRIVATE KEY", Bytes: encoded},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificateFile, keyFile
}
