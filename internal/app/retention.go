package app

import (
	"cmp"
	"fmt"
	"time"

	"github.com/burgeehq/burgee/internal/usage"
)

// RetentionConfig says how long what SDKs report is kept. Zero is the default.
type RetentionConfig struct {
	KeepUsageHours       int `help:"Hours for which counts of usage are kept hour by hour; then they are added up to days." default:"48" env:"BURGEE_KEEP_USAGE_HOURS"`
	KeepUsageDays        int `help:"Days for which counts of usage are kept at all." default:"90" env:"BURGEE_KEEP_USAGE_DAYS"`
	KeepInstancesHours   int `help:"Hours for which an instance is listed after it was last seen." default:"48" env:"BURGEE_KEEP_INSTANCES_HOURS"`
	KeepApplicationsDays int `help:"Days for which an application that nobody described is listed after it was last seen." default:"30" env:"BURGEE_KEEP_APPLICATIONS_DAYS"`
}

const (
	hoursADay    = 24
	maxKeepDays  = 3660 // ten years
	maxKeepHours = 366 * hoursADay
)

// filled is the settings with the defaults in place of zeros.
func (c RetentionConfig) filled() RetentionConfig {
	return RetentionConfig{
		KeepUsageHours: cmp.Or(c.KeepUsageHours, 48), KeepUsageDays: cmp.Or(c.KeepUsageDays, 90),
		KeepInstancesHours: cmp.Or(c.KeepInstancesHours, 48), KeepApplicationsDays: cmp.Or(c.KeepApplicationsDays, 30),
	}
}

// validate reports the first setting that cannot work. The Admin API shows the
// last 48 hours by hour, so that they must be there.
func (c RetentionConfig) validate() error {
	c = c.filled()
	for _, setting := range []struct {
		flag             string
		value, low, high int
	}{
		{"--keep-usage-hours", c.KeepUsageHours, 48, maxKeepHours},
		{"--keep-usage-days", c.KeepUsageDays, 3, maxKeepDays},
		{"--keep-instances-hours", c.KeepInstancesHours, 1, maxKeepHours},
		{"--keep-applications-days", c.KeepApplicationsDays, 1, maxKeepDays},
	} {
		if setting.value < setting.low || setting.value > setting.high {
			return fmt.Errorf("%s must be from %d to %d, not %d", setting.flag, setting.low, setting.high, setting.value)
		}
	}
	if c.KeepUsageDays*hoursADay <= c.KeepUsageHours {
		return fmt.Errorf("--keep-usage-days must be longer than --keep-usage-hours: %d days are not more than %d hours", c.KeepUsageDays, c.KeepUsageHours)
	}
	return nil
}

func (c RetentionConfig) retention() usage.Retention {
	c = c.filled()
	hours := func(n int) time.Duration { return time.Duration(n) * time.Hour }
	return usage.Retention{
		Hourly: hours(c.KeepUsageHours), Daily: hours(hoursADay * c.KeepUsageDays),
		Instances: hours(c.KeepInstancesHours), Applications: hours(hoursADay * c.KeepApplicationsDays),
	}
}
