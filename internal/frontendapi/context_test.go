package frontendapi

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/burgeehq/burgee/internal/eval"
	"github.com/burgeehq/burgee/internal/fault"
)

func empty() eval.Context { return eval.Context{Properties: map[string]string{}} }

var sameContext = cmp.Options{cmpopts.IgnoreUnexported(eval.Context{}), cmpopts.EquateEmpty()}

func TestReadQuery(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	for query, want := range map[string]eval.Context{
		"": {},
		"userId=1&sessionId=2&appName=3&environment=4&remoteAddress=5": {UserID: "1", SessionID: "2", AppName: "3", Environment: "4", RemoteAddress: "5"},
		"userId=":                            {},
		"userId=&userId=2":                   {UserID: "2"},
		"userId=1&userId=2":                  {UserID: "1"},
		"userId=a%20b+c%C3%A6":               {UserID: "a b cæ"},
		"userId=100%":                        {UserID: "100%"},
		"plan=pro":                           {Properties: map[string]string{"plan": "pro"}},
		"plan=":                              {},
		"plan":                               {},
		"properties[plan]=pro":               {Properties: map[string]string{"plan": "pro"}},
		"properties%5Bplan%5D=pro":           {Properties: map[string]string{"plan": "pro"}},
		"properties[plan]=":                  {Properties: map[string]string{"plan": ""}},
		"plan=top&properties[plan]=inner":    {Properties: map[string]string{"plan": "inner"}},
		"properties[plan]=inner&plan=top":    {Properties: map[string]string{"plan": "inner"}},
		"properties[userId]=7":               {Properties: map[string]string{"userId": "7"}},
		"properties[a][b]=1&x[y]=2&z[]=3":    {},
		"properties=1&properties[]=2&=3&&":   {},
		"currentTime=2026-01-31T12:00:00Z":   {CurrentTime: at},
		"currentTime=garbage":                {},
		"currentTime=2026-01-31T14:00%2B02":  {},
		"userId=1&userId=2&plan=a&plan=b&c=": {UserID: "1", Properties: map[string]string{"plan": "a"}},
	} {
		got := empty()
		if err := readQuery(query, &got); err != nil {
			t.Errorf("%s: %v", query, err)
		}
		if diff := cmp.Diff(want, got, sameContext); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}

func TestReadBody(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 31, 10, 0, 0, 0, time.UTC)
	properties := func(pairs ...string) eval.Context {
		c := empty()
		for i := 0; i < len(pairs); i += 2 {
			c.Properties[pairs[i]] = pairs[i+1]
		}
		return c
	}
	flat := properties("plan", "pro", "age", "7")
	flat.UserID = "u"
	for body, want := range map[string]eval.Context{
		`{}`:             {},
		`{"context":{}}`: {},
		`{"context":{"appName":"a","environment":"e","userId":"u","sessionId":"s","remoteAddress":"r"}}`: {
			AppName: "a", Environment: "e", UserID: "u", SessionID: "s", RemoteAddress: "r",
		},
		`{"context":{"userId":21}}`:    {UserID: "21"},
		`{"context":{"userId":21.50}}`: {UserID: "21.5"},
		`{"context":{"userId":0}}`:     {UserID: "0"},
		`{"context":{"userId":true}}`:  {UserID: "true"},
		`{"context":{"userId":null,"appName":null,"properties":null,"currentTime":null,"plan":null}}`: {},
		`{"context":{"userId":""}}`:                                          {},
		`{"context":{"currentTime":"2026-01-31T12:00:00+02:00"}}`:            {CurrentTime: at},
		`{"context":{"plan":"pro","age":7,"old":true}}`:                      properties("plan", "pro", "age", "7", "old", "true"),
		`{"context":{"plan":"","age":0,"old":false,"a":{},"b":[1]}}`:         {},
		`{"context":{"properties":{"plan":"","age":0,"old":false}}}`:         properties("plan", "", "age", "0", "old", "false"),
		`{"context":{"plan":"top","properties":{"plan":"in"}}}`:              properties("plan", "in"),
		`{"context":{"plan":"top","properties":{"plan":null}}}`:              {},
		`{"context":{"properties":{"userId":"7"}}}`:                          properties("userId", "7"),
		`{"context":{"properties":{"n":1e3}}}`:                               properties("n", "1000"),
		`{"context":{"properties":{"n":1e21}}}`:                              properties("n", "1e+21"),
		`{"context":{"properties":{"n":1.5e-9}}}`:                            properties("n", "1.5e-9"),
		`{"context":{"properties":{"n":-0}}}`:                                properties("n", "0"),
		`{"context":{"properties":{"n":1e999}}}`:                             properties("n", "Infinity"),
		`{"context":{"properties":{"n":12345678901234567890}}}`:              properties("n", "12345678901234567890"),
		`{"context":{},"else":1}`:                                            {},
		`{"userId":"u","plan":"pro","properties":{"age":7}}`:                 flat,
		`{"userId":"u","plan":"pro","properties":{"age":7},"toggles":["a"]}`: flat,
		`{"toggles":null}`: {},
		`{"toggles":[]}`:   {},
	} {
		got := empty()
		if _, err := readBody([]byte(body), &got); err != nil {
			t.Errorf("%s: %v", body, err)
		}
		if diff := cmp.Diff(want, got, sameContext); diff != "" {
			t.Errorf("%s (-want +got):\n%s", body, diff)
		}
	}
}

func TestReadBodyRefuses(t *testing.T) {
	t.Parallel()
	for body, path := range map[string]string{
		`[]`:                  "/body",
		`null`:                "/body",
		`{"context":null}`:    "/body/context",
		`{"appName":""}`:      "/body/appName",
		`{"properties":1}`:    "/body/properties",
		`{"toggles":{}}`:      "/body/toggles",
		`{"toggles":"a"}`:     "/body/toggles",
		`{"toggles":["a",1]}`: "/body/toggles/1",
		`{"toggles":[` + strings.Repeat(`"a",`, maxAsked) + `"a"]}`: "/body/toggles",
		`{"context":[]}`:                            "/body/context",
		`{"context":"x"}`:                           "/body/context",
		`{"context":{"appName":""}}`:                "/body/context/appName",
		`{"context":{"userId":{}}}`:                 "/body/context/userId",
		`{"context":{"sessionId":[1]}}`:             "/body/context/sessionId",
		`{"context":{"currentTime":"yesterday"}}`:   "/body/context/currentTime",
		`{"context":{"currentTime":1}}`:             "/body/context/currentTime",
		`{"context":{"properties":[]}}`:             "/body/context/properties",
		`{"context":{"properties":{"a":{"b":1}}}}`:  "/body/context/properties/a",
		`{"context":{` + many(maxProperties) + `}}`: "/body/context/properties",
	} {
		c := empty()
		_, err := readBody([]byte(body), &c)
		var known *fault.Error
		if !errors.As(err, &known) || known.Kind != fault.Invalid || known.Details[0].Path != path {
			t.Errorf("%.60s: error %v, want one about %s", body, err, path)
		}
	}
	c := empty()
	if err := readQuery(strings.ReplaceAll(strings.ReplaceAll(many(maxProperties), `":`, "="), `,"`, "&"), &c); !fault.Is(err, fault.Invalid) {
		t.Errorf("a query of too many properties: %v", err)
	}
}

// many returns one property more than n.
func many(n int) string {
	var b strings.Builder
	for i := range n + 1 {
		b.WriteString(`,"p`)
		for d := i; d >= 0; d = d/26 - 1 {
			b.WriteByte('a' + byte(d%26))
		}
		b.WriteString(`":1`)
	}
	return b.String()[1:]
}

func FuzzReadQuery(f *testing.F) {
	f.Add("userId=1&properties[plan]=pro&plan=x")
	f.Add("properties%5B%5D=%zz&&=&[=]")
	f.Fuzz(func(t *testing.T, query string) {
		c := empty()
		if err := readQuery(query, &c); err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", query, err)
		}
	})
}

func FuzzReadBody(f *testing.F) {
	f.Add([]byte(`{"context":{"userId":1e400,"properties":{"a":null}}}`))
	f.Add([]byte(`{"context":{"currentTime":"2026-01-31T12:00:00Z"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c := empty()
		if _, err := readBody(body, &c); err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", body, err)
		}
	})
}

func TestContentTagTellsBodiesApart(t *testing.T) {
	t.Parallel()
	seen := map[string]string{}
	for _, body := range []string{"", "a", "b", "ab", "ba", "a\x00", `{"toggles":[]}`} {
		tag := contentTag([]byte(body))
		if other, taken := seen[tag]; taken {
			t.Errorf("%q and %q have the tag %s", body, other, tag)
		}
		seen[tag] = body
		if again := contentTag([]byte(body)); again != tag {
			t.Errorf("%q: tag %s, then %s", body, tag, again)
		}
	}
}
