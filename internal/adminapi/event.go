package adminapi

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

const (
	defaultEvents  = 100  // of the plain lists, unless asked otherwise
	searchedEvents = 50   // of a search, unless asked otherwise
	maxEvents      = 1000 // in one answer
	maxFiltered    = 100  // values of one filter
)

// Event is one line of the event log.
type Event struct {
	ID              int64           `json:"id"`
	CreatedAt       time.Time       `json:"createdAt"`
	Type            string          `json:"type"`
	CreatedBy       string          `json:"createdBy"`
	CreatedByUserID int64           `json:"createdByUserId" doc:"-42 for an admin token, -1337 for the server itself"`
	TokenID         *string         `json:"tokenId" doc:"Public id of the token that was used; null for a session"`
	IP              *string         `json:"ip" doc:"Network address of whoever made the change; only for those who may read the whole log"`
	Project         *string         `json:"project"`
	Environment     *string         `json:"environment"`
	FeatureName     *string         `json:"featureName"`
	Data            json.RawMessage `json:"data" doc:"After the change"`
	PreData         json.RawMessage `json:"preData" doc:"Before the change"`
	Tags            []feature.Tag   `json:"tags"`
	Label           string          `json:"label" doc:"The type, for people"`
	Summary         string          `json:"summary"`
	GroupType       string          `json:"groupType"`
	GroupID         string          `json:"groupId" doc:"Events of one group were made together"`
}

// eventAnswer shows an event; with addresses when the caller may read the whole
// log, since the log of one flag is open to everybody who sees the flag.
func eventAnswer(e store.Event, addresses bool) Event {
	label := strings.ReplaceAll(e.Type, "-", " ")
	answer := Event{
		ID: e.ID, CreatedAt: e.CreatedAt, Type: e.Type, CreatedBy: e.CreatedBy, CreatedByUserID: e.CreatedByUserID,
		TokenID: filled(e.TokenID), Project: filled(e.Project), Environment: filled(e.Environment), FeatureName: filled(e.Feature),
		Data: e.Data, PreData: e.PreData, Tags: []feature.Tag{}, GroupType: "transaction", GroupID: strconv.FormatInt(e.Revision, 10),
		Summary: e.CreatedBy + ": " + label,
	}
	if addresses {
		answer.IP = filled(e.Address)
	}
	for _, about := range []struct{ what, name string }{
		{"flag", string(e.Feature)}, {"environment", string(e.Environment)}, {"project", string(e.Project)},
	} {
		if about.name != "" {
			answer.Summary += ", " + about.what + " " + about.name
		}
	}
	answer.Label = strings.ToUpper(label[:1]) + label[1:]
	return answer
}

// filled is a text, or nil when it is empty.
func filled[T ~string](text T) *string {
	if text == "" {
		return nil
	}
	return new(string(text))
}

// EventList is a part of the event log.
type EventList struct {
	Version     int     `json:"version"`
	Events      []Event `json:"events"`
	TotalEvents int     `json:"totalEvents" doc:"How many there are in all"`
}

// FlagEventList is the event log of one flag.
type FlagEventList struct {
	Version     int          `json:"version"`
	ToggleName  feature.Name `json:"toggleName"`
	Events      []Event      `json:"events"`
	TotalEvents int          `json:"totalEvents"`
}

// EventSearch is what a search of the event log found.
type EventSearch struct {
	Events []Event `json:"events"`
	Total  int     `json:"total" doc:"How many match in all; no more than 10000 are counted"`
}

// oneOf says how filters of a search are written.
const oneOf = "IS:x or IS_ANY_OF:x,y"

func (h *Handler) eventRoutes() []Route {
	readers := in(access.AdminAll, access.ReadLogs)
	limit, offset := limitParam(), offsetParam()
	return []Route{
		read("/events", "getEvents", "List the event log, newest first", readers, h.listEvents).
			with(text("project", "Only of this project"), limit, offset),
		read("/events/{featureName}", "getEventsForToggle", "List the event log of a flag, newest first", signedIn(), h.listFlagEvents).
			with(limit, offset),
		read("/search/events", "searchEvents", "Search the event log, newest first", readers, h.searchEvents).with(
			text("query", "A part of the event's text, in the newest 20000 events that the other parameters leave"), text("id", oneOf), text("groupId", oneOf), text("type", oneOf), text("project", oneOf),
			text("feature", oneOf), text("environment", oneOf), text("createdBy", oneOf+"; a name, or the id of a user"),
			text("token", oneOf+"; the public id of the token that was used"),
			text("from", "IS:yyyy-mm-dd, in UTC"), text("to", "IS:yyyy-mm-dd, in UTC; the day counts"), limit, offset,
		),
		read("/event-creators", "getEventCreators", "List everybody who made an event", readers, h.listEventCreators),
	}
}

func limitParam() Param  { return number("limit", "At most so many; 1000 is the most") }
func offsetParam() Param { return number("offset", "Leave out so many") }

func (h *Handler) listEvents(c *Call) (EventList, error) {
	events, total, err := h.events(c, defaultEvents, func(f *store.EventFilter) error {
		if project := c.Query("project"); project != "" {
			f.Projects = []feature.ProjectID{feature.ProjectID(project)}
		}
		return nil
	})
	return EventList{Version: documentVersion, Events: events, TotalEvents: total}, err
}

func (h *Handler) listFlagEvents(c *Call) (FlagEventList, error) {
	name := feature.Name(c.Param("featureName"))
	events, total, err := h.events(c, defaultEvents, func(f *store.EventFilter) error {
		f.Features = []feature.Name{name}
		return nil
	})
	return FlagEventList{Version: documentVersion, ToggleName: name, Events: events, TotalEvents: total}, err
}

func (h *Handler) searchEvents(c *Call) (EventSearch, error) {
	events, total, err := h.events(c, searchedEvents, c.eventFilter)
	return EventSearch{Events: events, Total: total}, err
}

func (h *Handler) listEventCreators(c *Call) ([]store.EventCreator, error) {
	return h.Control.EventCreators(c.r.Context())
}

// events returns the part of the log that the query asks for.
func (h *Handler) events(c *Call, limit int, narrow func(*store.EventFilter) error) ([]Event, int, error) {
	var f store.EventFilter
	var err error
	if f.Limit, err = c.number("limit", limit, 1); err != nil {
		return nil, 0, err
	}
	f.Limit = min(f.Limit, maxEvents)
	if f.Offset, err = c.number("offset", 0, 0); err != nil {
		return nil, 0, err
	}
	if err := narrow(&f); err != nil {
		return nil, 0, err
	}
	page, err := h.Control.Events(c.r.Context(), f)
	addresses := c.Actor.Can("", "", access.ReadLogs)
	events := make([]Event, len(page.Events))
	for i, e := range page.Events {
		events[i] = eventAnswer(e, addresses)
	}
	return events, page.Total, err
}

// eventFilter reads the filters of a search.
func (c *Call) eventFilter(f *store.EventFilter) error {
	var failed error
	keep := func(err error) {
		if failed == nil {
			failed = err
		}
	}
	f.Text = c.Query("query")
	keep(filterTexts(c, "type", &f.Types))
	keep(filterTexts(c, "project", &f.Projects))
	keep(filterTexts(c, "feature", &f.Features))
	keep(filterTexts(c, "environment", &f.Environments))
	keep(filterTexts(c, "createdBy", &f.Creators))
	keep(filterTexts(c, "token", &f.Tokens))
	keep(filterNumbers(c, "id", &f.IDs))
	keep(filterNumbers(c, "groupId", &f.Revisions))
	keep(filterDay(c, "from", &f.From))
	keep(filterDay(c, "to", &f.Before))
	if !f.Before.IsZero() {
		f.Before = f.Before.AddDate(0, 0, 1)
	}
	return failed
}

// filterTexts reads a filter of the form IS:x or IS_ANY_OF:x,y.
func filterTexts[T ~string](c *Call, name string, to *[]T) error {
	filter := c.Query(name)
	if filter == "" {
		return nil
	}
	how, list, _ := strings.Cut(filter, ":")
	if how != "IS" && how != "IS_ANY_OF" {
		return fault.Field("/query/"+name, "%s must have the form %s", name, oneOf)
	}
	values := strings.Split(list, ",")
	if how == "IS" {
		values = []string{list}
	}
	if len(values) > maxFiltered {
		return fault.Field("/query/"+name, "%s must not hold more than %d values", name, maxFiltered)
	}
	for _, value := range values {
		*to = append(*to, T(strings.TrimSpace(value)))
	}
	return nil
}

func filterNumbers(c *Call, name string, to *[]int64) error {
	var values []string
	if err := filterTexts(c, name, &values); err != nil {
		return err
	}
	for _, value := range values {
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return fault.Field("/query/"+name, "%s must hold whole numbers", name)
		}
		*to = append(*to, n)
	}
	return nil
}

func filterDay(c *Call, name string, to *time.Time) error {
	filter := c.Query(name)
	if filter == "" {
		return nil
	}
	day, err := time.Parse("IS:"+time.DateOnly, filter)
	if err != nil {
		return fault.Field("/query/"+name, "%s must have the form IS:yyyy-mm-dd and be a day", name)
	}
	*to = day
	return nil
}
