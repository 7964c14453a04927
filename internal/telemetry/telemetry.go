// Package telemetry is what operators see of a running process: its log and
// its metrics.
//
// Main types: [Metrics], a registry of its own with the metrics every command
// has, made by [NewMetrics]; [NewLogger] and [SetLogger] for the log. Flow: app
// makes both at the start, hands Observe to package web, and adds a gauge or
// counter for each number that another package keeps itself. What does not
// belong: HTTP (package opsapi serves the registry), tracing, what the numbers
// mean to the domain.
package telemetry

import (
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics is the process's metrics. It is safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	panics   prometheus.Counter

	mu   sync.RWMutex
	kept map[request]series
}

// request is what the metrics tell requests apart by: as few as there are
// routes, methods and statuses.
type request struct {
	method, route string
	status        int
}

// series are those that a request counts in. Keeping them spares every request
// two look-ups by labels, which cost it several times as much as counting.
type series struct {
	count    prometheus.Counter
	duration prometheus.Observer
}

// NewMetrics returns the metrics every command has: of the process, the Go
// runtime, the build and HTTP.
func NewMetrics(version string) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(), kept: make(map[request]series),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "http_requests_total", Help: "Finished HTTP requests.",
		}, []string{"method", "route", "status"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "http_request_duration_seconds", Help: "Time from the first byte of a request's header to the end of its answer.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10},
		}, []string{"method", "route"}),
		panics: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "http_panics_total", Help: "Requests whose handler panicked. Anything but 0 is a bug in Burgee.",
		}),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "burgee_build_info", Help: "Always 1; the labels tell the build.",
		ConstLabels: prometheus.Labels{"version": version, "go": runtime.Version()},
	})
	build.Set(1)
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.requests, m.duration, m.panics, build)
	return m
}

// Gatherer reads all metrics.
func (m *Metrics) Gatherer() prometheus.Gatherer { return m.registry }

// Request counts one finished request. The route is a pattern and the method
// one of few, so that the number of series stays small.
func (m *Metrics) Request(method, route string, status int, elapsed time.Duration) {
	r := request{method, route, status}
	m.mu.RLock()
	to, known := m.kept[r]
	m.mu.RUnlock()
	if !known {
		to = series{m.requests.WithLabelValues(method, route, strconv.Itoa(status)), m.duration.WithLabelValues(method, route)}
		m.mu.Lock()
		m.kept[r] = to
		m.mu.Unlock()
	}
	to.count.Inc()
	to.duration.Observe(elapsed.Seconds())
}

// Panicked counts a handler's panic.
func (m *Metrics) Panicked() { m.panics.Inc() }

// Gauge adds a number that goes up and down, read when metrics are. It panics
// when the name is taken: names are constants.
func (m *Metrics) Gauge(name, help string, read func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, read))
}

// Counter adds a number that only grows, read when metrics are. The labels are
// pairs of name and value; the same name may be added with other values. It
// panics when the series is taken: names are constants.
func (m *Metrics) Counter(name, help string, read func() float64, labels ...string) {
	fixed := prometheus.Labels{}
	for i := 0; i+1 < len(labels); i += 2 {
		fixed[labels[i]] = labels[i+1]
	}
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help, ConstLabels: fixed}, read))
}
