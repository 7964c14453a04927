// Package workload is the data set that tests and benchmarks fill a server
// with through the Admin API: always the same flags, from no file.
//
// Main type: [Flag], made by [Medium]; [Flag.Requests] says how to create it.
// What does not belong: sending the requests, measuring.
package workload

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
)

// The size of [Medium].
const (
	Flags      = 350
	Strategies = 200
)

// Object is a JSON object.
type Object = map[string]any

// Flag is one flag of the workload, in project default and environment
// development.
type Flag struct {
	Name       string
	Strategies []Object // bodies of POST .../strategies
	On         bool
}

// Request is one call of the Admin API. Body is nil or encodes as JSON.
type Request struct {
	Method, Path string
	Body         any
}

// Medium returns 350 flags with 200 strategies, the size of the data set on
// which Unleash Edge publishes its figures: rollouts of 10, 50 and 100 %, a
// constraint on every second strategy, two variants on every tenth, three of
// four flags switched on. Flag i is named medium-i, with three digits.
func Medium() []Flag {
	random := rand.New(rand.NewPCG(7, 7))
	flags := make([]Flag, Flags)
	for i := range flags {
		flags[i] = Flag{Name: fmt.Sprintf("medium-%03d", i), On: i%4 != 3}
		if i < Strategies {
			flags[i].Strategies = []Object{strategy(random, i, flags[i].Name)}
		}
	}
	return flags
}

// Requests returns what creates the flag, in order.
func (f Flag) Requests() []Request {
	const path = "/api/admin/projects/default/features"
	environment := path + "/" + f.Name + "/environments/development"
	requests := []Request{{http.MethodPost, path, Object{"name": f.Name, "type": "release", "description": "bench flag " + f.Name}}}
	for _, s := range f.Strategies {
		requests = append(requests, Request{http.MethodPost, environment + "/strategies", s})
	}
	if f.On {
		requests = append(requests, Request{http.MethodPost, environment + "/on", nil})
	}
	return requests
}

func strategy(random *rand.Rand, i int, name string) Object {
	constraints, variants := []Object{}, []Object{}
	if i%2 == 1 {
		constraints = append(constraints, constraint(random, i))
	}
	if i%10 == 0 {
		for _, color := range []string{"red", "blue"} {
			variants = append(variants, Object{
				"name": color, "weight": 500, "weightType": "variable", "stickiness": "default",
				"payload": Object{"type": "string", "value": strings.Repeat(color, 10)},
			})
		}
	}
	return Object{
		"name":        "flexibleRollout",
		"parameters":  Object{"rollout": []string{"10", "50", "100"}[random.IntN(3)], "stickiness": "default", "groupId": name},
		"constraints": constraints, "variants": variants, "segments": []int{},
	}
}

func constraint(random *rand.Rand, i int) Object {
	switch i % 3 {
	case 0:
		values := make([]string, 10)
		for j := range values {
			values[j] = strconv.Itoa(1 + random.IntN(5000))
		}
		return Object{"contextName": "userId", "operator": "IN", "values": values, "inverted": false, "caseInsensitive": false}
	case 1:
		return Object{"contextName": "appName", "operator": "STR_STARTS_WITH", "values": []string{"web", "ios"}, "inverted": false, "caseInsensitive": true}
	default:
		return Object{"contextName": "currentTime", "operator": "DATE_AFTER", "value": "2023-01-01T00:00:00.000Z", "values": []string{}, "inverted": false, "caseInsensitive": false}
	}
}
