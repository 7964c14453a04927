package adminapi

import (
	"slices"
	"strings"
	"time"

	"github.com/burgeehq/burgee/internal/control"
	"github.com/burgeehq/burgee/internal/fault"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/store"
)

const (
	searchedFlags = 50  // of a search, unless asked otherwise
	maxFoundFlags = 500 // in one answer
	maxTexts      = 10  // words of one query
)

// How filters of the search for flags are written.
const (
	anyOrNone = "IS:x, IS_NOT:x, IS_ANY_OF:x,y or IS_NONE_OF:x,y"
	including = "INCLUDE:x, DO_NOT_INCLUDE:x, INCLUDE_ALL_OF:x,y, INCLUDE_ANY_OF:x,y, EXCLUDE_IF_ANY_OF:x,y or EXCLUDE_ALL:x,y"
	trueFalse = "IS:true or IS:false"
	dayBounds = "IS_BEFORE:yyyy-mm-dd or IS_ON_OR_AFTER:yyyy-mm-dd, in UTC"
)

// flagSorts are what found flags can be sorted by, environment:NAME aside.
func flagSorts() []string {
	return []string{
		string(store.SortName), string(store.SortType), string(store.SortProject), string(store.SortCreated), string(store.SortArchived),
		string(store.SortSeen), string(store.SortStale), string(store.SortStage),
	}
}

func (h *Handler) flagSearchRoutes() []Route {
	return []Route{
		read("/search/features", "searchFeatures", "Search flags", signedIn(), h.searchFlags).with(
			text("query", "Parts of the name, the description or a tag as type:value; with commas between, any of them"),
			text("project", anyOrNone), text("type", anyOrNone), text("createdBy", anyOrNone+"; ids of users"),
			text("state", anyOrNone+"; active, stale, potentially-stale"),
			text("lifecycle", anyOrNone+"; initial, pre-live, live, completed"),
			text("tag", including+"; each a type:value"), text("segment", including+"; each a name"),
			Param{Name: "status", Doc: "ENVIRONMENT:enabled or ENVIRONMENT:disabled; any of them", Many: true},
			text("createdAt", dayBounds), text("lastSeenAt", dayBounds+"; flags that were never seen match neither"),
			text("archived", trueFalse+"; live flags when absent"), text("favorite", trueFalse),
			text("sortBy", strings.Join(flagSorts(), ", ")+" or environment:NAME; createdAt when absent"), text("sortOrder", "asc or desc; asc when absent"),
			yesNo("favoritesFirst", "Favourites of mine come first"),
			number("limit", "At most so many; 50 when absent, 500 is the most"), number("offset", "Leave out so many"),
		),
		read("/projects/{projectId}/flag-creators", "getProjectFlagCreators", "List the people who made flags of a project", signedIn(), h.listFlagCreators),
	}
}

func (h *Handler) searchFlags(c *Call) (control.FoundFlags, error) {
	search, err := c.flagSearch()
	if err != nil {
		return control.FoundFlags{}, err
	}
	return h.Control.SearchFlags(c.r.Context(), search)
}

func (h *Handler) listFlagCreators(c *Call) ([]store.EventCreator, error) {
	return h.Control.FlagCreators(c.r.Context(), c.project())
}

// flagSearch reads the query of a search for flags.
func (c *Call) flagSearch() (store.FlagSearch, error) {
	var f store.FlagSearch
	var archived store.OneOf[bool]
	for _, parse := range []func() error{
		func() error { return c.searchTexts(&f) },
		func() error { return c.oneOf("project", texts(&f.Projects)) },
		func() error { return c.oneOf("type", texts(&f.Types)) },
		func() error {
			return c.oneOf("state", among(&f.States, store.StateActive, store.StateStale, store.StatePotentiallyStale))
		},
		func() error { return c.oneOf("lifecycle", among(&f.Stages, feature.Stages()...)) },
		func() error { return c.searchCreators(&f) },
		func() error { return c.oneOf("favorite", truths(&f.Favorite)) },
		func() error { return c.oneOf("archived", truths(&archived)) },
		func() error { return c.searchTags(&f) },
		func() error { return searchHaving(c, "segment", &f.Segments, splitValues) },
		func() error { return c.searchStatuses(&f) },
		func() error { return c.searchDays("createdAt", &f.CreatedFrom, &f.CreatedUntil) },
		func() error { return c.searchDays("lastSeenAt", &f.SeenFrom, &f.SeenUntil) },
		func() error { return c.searchOrder(&f) },
	} {
		if err := parse(); err != nil {
			return f, err
		}
	}
	f.Archived = len(archived.Values) > 0 && slices.Contains(archived.Values, true) != archived.Not
	return f, nil
}

func (c *Call) searchTexts(f *store.FlagSearch) error {
	for word := range strings.SplitSeq(c.Query("query"), ",") {
		if word = strings.TrimSpace(word); word != "" {
			f.Texts = append(f.Texts, word)
		}
	}
	if len(f.Texts) > maxTexts {
		return fault.Field("/query/query", "query must not hold more than %d texts", maxTexts)
	}
	return nil
}

// set receives the values of a filter and whether they are what must not be;
// it returns the rule that they break, empty for none.
type filterSetter func(values []string, not bool) (rule string)

// oneOf reads a filter of the forms of [anyOrNone].
func (c *Call) oneOf(name string, set filterSetter) error {
	filter := c.Query(name)
	if filter == "" {
		return nil
	}
	how, list, _ := strings.Cut(filter, ":")
	values := []string{strings.TrimSpace(list)}
	switch how {
	case "IS", "IS_NOT":
	case "IS_ANY_OF", "IS_NONE_OF":
		values = splitValues(list)
	default:
		return fault.Field("/query/"+name, "%s must have the form %s", name, anyOrNone)
	}
	if err := tooManyValues(name, len(values)); err != nil {
		return err
	}
	if rule := set(values, how == "IS_NOT" || how == "IS_NONE_OF"); rule != "" {
		return fault.Field("/query/"+name, "%s must hold %s", name, rule)
	}
	return nil
}

func tooManyValues(name string, n int) error {
	if n > maxFiltered {
		return fault.Field("/query/"+name, "%s must not hold more than %d values", name, maxFiltered)
	}
	return nil
}

func splitValues(list string) []string {
	values := strings.Split(list, ",")
	for i := range values {
		values[i] = strings.TrimSpace(values[i])
	}
	return values
}

// texts keeps any values.
func texts[T ~string](to *store.OneOf[T]) filterSetter {
	return func(values []string, not bool) string {
		to.Not = not
		for _, value := range values {
			to.Values = append(to.Values, T(value))
		}
		return ""
	}
}

// among keeps values that are known.
func among[T ~string](to *store.OneOf[T], known ...T) filterSetter {
	return func(values []string, not bool) string {
		texts(to)(values, not)
		for _, value := range to.Values {
			if !slices.Contains(known, value) {
				return "only " + joined(known)
			}
		}
		return ""
	}
}

func joined[T ~string](values []T) string {
	words := make([]string, len(values))
	for i, value := range values {
		words[i] = string(value)
	}
	return strings.Join(words, ", ")
}

// truths keeps true and false.
func truths(to *store.OneOf[bool]) filterSetter {
	return func(values []string, not bool) string {
		to.Not = not
		for _, value := range values {
			if value != "true" && value != "false" {
				return "true or false"
			}
			to.Values = append(to.Values, value == "true")
		}
		return ""
	}
}

func (c *Call) searchCreators(f *store.FlagSearch) error {
	return c.oneOf("createdBy", func(values []string, not bool) string {
		f.Creators.Not = not
		for _, value := range values {
			id, ok := wholeNumber(value)
			if !ok {
				return "ids of users"
			}
			f.Creators.Values = append(f.Creators.Values, id)
		}
		return ""
	})
}

// searchHaving reads a filter of the forms of [including].
func searchHaving(c *Call, name string, to *store.Having[string], split func(string) []string) error {
	filter := c.Query(name)
	if filter == "" {
		return nil
	}
	how, list, _ := strings.Cut(filter, ":")
	to.Values = split(list)
	switch how {
	case "INCLUDE", "DO_NOT_INCLUDE":
		to.Values = []string{strings.TrimSpace(list)}
		to.Not = how == "DO_NOT_INCLUDE"
	case "INCLUDE_ANY_OF":
	case "INCLUDE_ALL_OF":
		to.All = true
	case "EXCLUDE_IF_ANY_OF":
		to.Not = true
	case "EXCLUDE_ALL":
		to.All, to.Not = true, true
	default:
		return fault.Field("/query/"+name, "%s must have the form %s", name, including)
	}
	return tooManyValues(name, len(to.Values))
}

func (c *Call) searchTags(f *store.FlagSearch) error {
	var having store.Having[string]
	if err := searchHaving(c, "tag", &having, splitTags); err != nil {
		return err
	}
	f.Tags = store.Having[feature.Tag]{All: having.All, Not: having.Not}
	for _, value := range having.Values {
		class, text, ok := strings.Cut(value, ":")
		if !ok {
			return fault.Field("/query/tag", "tag must hold tags as type:value, not %q", value)
		}
		f.Tags.Values = append(f.Tags.Values, feature.Tag{Type: class, Value: text})
	}
	return nil
}

// splitTags splits at commas; a part without colon belongs to the value of the
// tag before it.
func splitTags(list string) []string {
	var tags []string
	for part := range strings.SplitSeq(list, ",") {
		if last := len(tags) - 1; last >= 0 && !strings.Contains(part, ":") {
			tags[last] += "," + part
			continue
		}
		tags = append(tags, strings.TrimSpace(part))
	}
	return tags
}

func (c *Call) searchStatuses(f *store.FlagSearch) error {
	all := c.r.URL.Query()
	values := slices.Concat(all["status"], all["status[]"])
	for _, value := range values {
		environment, status, _ := strings.Cut(value, ":")
		if status != "enabled" && status != "disabled" {
			return fault.Field("/query/status", "status must have the form ENVIRONMENT:enabled or ENVIRONMENT:disabled, not %q", value)
		}
		f.Statuses = append(f.Statuses, store.FlagStatus{Environment: feature.EnvironmentName(environment), Enabled: status == "enabled"})
	}
	return tooManyValues("status", len(values))
}

// searchDays reads a filter of the forms of [dayBounds].
func (c *Call) searchDays(name string, from, until *time.Time) error {
	filter := c.Query(name)
	if filter == "" {
		return nil
	}
	how, text, _ := strings.Cut(filter, ":")
	day, err := time.Parse(time.DateOnly, text)
	switch {
	case err == nil && how == "IS_BEFORE":
		*until = day
	case err == nil && how == "IS_ON_OR_AFTER":
		*from = day
	default:
		return fault.Field("/query/"+name, "%s must have the form %s and be a day", name, dayBounds)
	}
	return nil
}

func (c *Call) searchOrder(f *store.FlagSearch) error {
	by := c.Query("sortBy")
	environment, ofEnvironment := strings.CutPrefix(by, string(store.SortEnvironment)+":")
	switch {
	case by == "":
		f.Sort = store.SortCreated
	case ofEnvironment:
		f.Sort, f.SortEnvironment = store.SortEnvironment, feature.EnvironmentName(environment)
	case slices.Contains(flagSorts(), by):
		f.Sort = store.FlagSort(by)
	default:
		return fault.Field("/query/sortBy", "sortBy must be one of %s or environment:NAME, not %q", strings.Join(flagSorts(), ", "), by)
	}
	var err error
	if f.Descending, err = c.descending(); err != nil {
		return err
	}
	if f.FavoritesFirst, err = c.Bool("favoritesFirst"); err != nil {
		return err
	}
	if f.Offset, err = c.number("offset", 0, 0); err != nil {
		return err
	}
	f.Limit, err = c.number("limit", searchedFlags, 1)
	f.Limit = min(f.Limit, maxFoundFlags)
	return err
}
