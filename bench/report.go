package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"
)

// report collects rows and tells of each as it comes.
type report struct {
	out  io.Writer
	rows []row
}

func (p *report) add(r row) {
	p.rows = append(p.rows, r)
	_, _ = fmt.Fprintf(p.out, "%s %s %s: %.0f a second, %.0f %% of the %s\n", r.Size, r.Program, r.Read, r.PerSecond, 100*r.Share, r.Beside)
}

// end prints the table and writes the file.
func (p *report) end(file string) error {
	table := tabwriter.NewWriter(p.out, 0, 0, 2, ' ', tabwriter.AlignRight) // keeps its first error until Flush
	_, _ = fmt.Fprintln(table, "\nsize\tprogram\tread\tbytes\treq/s\tbeside\treq/s\tshare\tp50 ms\tp99 ms\tp99.9 ms\tbeside p99\tp99 times\tcpu µs\tbeside cpu\t")
	for _, r := range p.rows {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%.0f\t%s\t%.0f\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.1f\t%.1f\t\n", r.Size, r.Program, r.Read, r.Bytes,
			r.PerSecond, r.Beside, r.BesidePerSecond, r.Share, r.P50, r.P99, r.P999, r.BesideP99, r.P99Share, r.CPU, r.BesideCPU)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	text, err := json.MarshalIndent(p.rows, "", "\t")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
