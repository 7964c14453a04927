package app

import (
	"fmt"
	"log/slog"

	"github.com/burgeehq/burgee/internal/auth"
	"github.com/burgeehq/burgee/internal/telemetry"
)

// StreamConfig bounds the streams of flags to SDKs and edges.
type StreamConfig struct {
	MaxStreams         int `help:"Streams of flags at a time, each of which takes a connection and about 12 kB; beyond it SDKs are told to poll. 0 switches streaming off." default:"25000" env:"BURGEE_MAX_STREAMS"`
	MaxStreamsPerToken int `help:"Streams at a time with one token." default:"10000" env:"BURGEE_MAX_STREAMS_PER_TOKEN"`
}

// validate reports the first setting that cannot work.
func (c StreamConfig) validate() error {
	if c.MaxStreams < 0 {
		return fmt.Errorf("--max-streams must not be negative, as %d is", c.MaxStreams)
	}
	if c.MaxStreamsPerToken < 1 && c.MaxStreams > 0 {
		return fmt.Errorf("--max-streams-per-token must be 1 or more, not %d", c.MaxStreamsPerToken)
	}
	return nil
}

// spareFiles is how many open files streams leave to everything else, if that
// is not more than a quarter of all.
const spareFiles = 500

// streams makes what counts them. There are never more than leave files to open
// for other connections: else the process could not be reached any more.
func (c StreamConfig) streams() *auth.Streams {
	most := c.MaxStreams
	if files, limited := openFiles(); limited && files-min(files/4, spareFiles) < most {
		most = files - min(files/4, spareFiles)
		slog.Warn("there will be fewer streams than --max-streams, because the system allows too few open files", "streams", most, "files", files)
	}
	return auth.NewStreams(most, c.MaxStreamsPerToken)
}

// measureStreams adds the metrics of streams.
func measureStreams(m *telemetry.Metrics, streams *auth.Streams) {
	stats := streams.Stats
	m.Gauge("burgee_streams_open", "Streams of flags that are open.", func() float64 { return float64(stats().Open) })
	m.Counter("burgee_stream_events_total", "Changes sent over streams, hydrations not counted.",
		func() float64 { return float64(stats().Events) })
	m.Counter("burgee_stream_hydrations_total", "Times that a stream was sent everything.",
		func() float64 { return float64(stats().Hydrations) })
	m.Counter("burgee_streams_slow_total", "Streams that were dropped because their reader took nothing for 10 s.",
		func() float64 { return float64(stats().Slow) })
	for reason, read := range map[string]func(auth.StreamStats) int64{
		"server": func(s auth.StreamStats) int64 { return s.Full },
		"token":  func(s auth.StreamStats) int64 { return s.FullSecret },
	} {
		m.Counter("burgee_streams_refused_total", "Streams that were refused because the server, or the token, had as many as it may.",
			func() float64 { return float64(read(stats())) }, "reason", reason)
	}
}
