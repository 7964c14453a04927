// Package workload is the data set that tests and benchmarks fill a server
// with through the Admin API: always the same flags, from no file.
//
// Main type: [Flag], made by [Small], [Medium], [Large] and [Fixed];
// [Flag.Requests] says how to create it.
// What does not belong: sending the requests, measuring.
package workload

import (
	"cmp"
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

// DefaultProject is where flags are that do not say otherwise.
const DefaultProject = "default"

// Flag is one flag of the workload, in environment development.
type Flag struct {
	Name       string
	Project    string   // empty for [DefaultProject]
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

// Small returns 5 flags with a strategy each, all on.
func Small() []Flag {
	flags := make([]Flag, 5)
	for i := range flags {
		name := "small-" + strconv.Itoa(i)
		flags[i] = Flag{Name: name, On: true, Strategies: []Object{rollout(name, strconv.Itoa(100-20*i), []Object{}, []Object{})}}
	}
	return flags
}

// Large returns 2,000 flags with two strategies each, three constraints in
// each strategy and variants in every fifth flag; three of four are on.
func Large() []Flag {
	random := rand.New(rand.NewPCG(7, 7))
	flags := make([]Flag, 2000)
	for i := range flags {
		f := Flag{Name: fmt.Sprintf("large-%04d", i), On: i%4 != 3}
		for range 2 {
			variants := []Object{}
			if i%5 == 0 {
				variants = colors()
			}
			f.Strategies = append(f.Strategies, rollout(f.Name, percent(random),
				[]Object{constraint(random, 0), constraint(random, 1), constraint(random, 2)}, variants))
		}
		flags[i] = f
	}
	return flags
}

// Fixed returns as many flags as [Medium], in a project, whose answer depends
// on no context: three of four are on for everybody.
func Fixed(project string) []Flag {
	flags := make([]Flag, Flags)
	for i := range flags {
		name := fmt.Sprintf("fixed-%03d", i)
		flags[i] = Flag{Name: name, Project: project, On: i%4 != 3, Strategies: []Object{rollout(name, "100", []Object{}, []Object{})}}
	}
	return flags
}

// Requests returns what creates the flag, in order.
func (f Flag) Requests() []Request {
	path := "/api/admin/projects/" + cmp.Or(f.Project, DefaultProject) + "/features"
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
		variants = colors()
	}
	return rollout(name, percent(random), constraints, variants)
}

func percent(random *rand.Rand) string { return []string{"10", "50", "100"}[random.IntN(3)] }

func colors() []Object {
	var variants []Object
	for _, color := range []string{"red", "blue"} {
		variants = append(variants, Object{
			"name": color, "weight": 500, "weightType": "variable", "stickiness": "default",
			"payload": Object{"type": "string", "value": strings.Repeat(color, 10)},
		})
	}
	return variants
}

func rollout(name, percent string, constraints, variants []Object) Object {
	return Object{
		"name":        "flexibleRollout",
		"parameters":  Object{"rollout": percent, "stickiness": "default", "groupId": name},
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
