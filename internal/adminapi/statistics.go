package adminapi

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// statisticsTable answers with the statistics as CSV.
func (h *Handler) statisticsTable(c *Call) error {
	statistics, err := h.statistics(c)
	if err != nil {
		return err
	}
	names, values, err := flat("", reflect.ValueOf(statistics))
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	c.w.Header().Set("Content-Disposition", `attachment; filename="burgee-statistics.csv"`)
	_ = csv.NewWriter(c.w).WriteAll([][]string{names, values}) // the client may be gone
	return nil
}

// flat returns the fields of an answer as columns: those of structs in it as
// outer.inner, counts of a list as outer.range.
func flat(prefix string, of reflect.Value) (names, values []string, err error) {
	for field, value := range of.Fields() {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		name = prefix + name
		switch held := value.Interface().(type) {
		case TokenCounts, LastDays, BucketCounts:
			inner, counts, err := flat(name+".", value)
			if err != nil {
				return nil, nil, err
			}
			names, values = append(names, inner...), append(values, counts...)
		case []AppCount:
			for _, count := range held {
				names, values = append(names, name+"."+count.Range), append(values, fmt.Sprint(count.Count))
			}
		default:
			text, err := json.Marshal(held)
			if err != nil {
				return nil, nil, fmt.Errorf("encoding %s: %w", name, err)
			}
			names, values = append(names, name), append(values, strings.Trim(string(text), `"`))
		}
	}
	return names, values, nil
}
