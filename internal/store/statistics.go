package store

import "context"

// Statistics counts what a server holds and how much it is used.
type Statistics struct {
	Users, Projects, Environments, Segments, ContextFields, Definitions int
	CustomRoles, Groups                                                 int
	Flags                                                               int // live ones
	AdminTokens, ClientTokens, FrontendTokens                           int
	ActiveUsers                                                         map[int]int // by the last 7, 30, 60 and 90 days
	ProductionChanges                                                   map[int]int // as these
	Apps                                                                map[int]int // by the last 7 and 30 days; 0: of all time
	UsageRows, VariantRows                                              int         // of the day before, in UTC
	MaxStrategies                                                       int         // of one flag in one environment
	MaxConstraints                                                      int         // of one strategy
	MaxConstraintValues                                                 int         // of one constraint of a strategy
}

// counted is one count: where it goes, its query and the query's arguments.
type counted struct {
	to    *int
	query string
	args  []any
}

// Statistics counts everything anew.
func (tx *Tx) Statistics(ctx context.Context) (Statistics, error) {
	s := Statistics{ActiveUsers: map[int]int{}, ProductionChanges: map[int]int{}, Apps: map[int]int{}}
	for _, c := range tx.simpleCounts(&s) {
		if err := tx.one(ctx, c.query, c.args, c.to); err != nil {
			return s, err
		}
	}
	for _, c := range []struct {
		to    map[int]int
		days  []int
		query string
	}{
		{s.ActiveUsers, []int{7, 30, 60, 90}, `SELECT count(*) FROM users WHERE deleted_at IS NULL AND seen_at >= $1`},
		{s.Apps, []int{0, 7, 30}, `SELECT count(*) FROM application WHERE seen_at >= $1`},
		{s.ProductionChanges, []int{7, 30, 60, 90}, `SELECT count(*) FROM event e JOIN environment v ON v.name = e.environment AND v.type = 'production'
			WHERE e.feature IS NOT NULL AND e.created_at >= $1`},
	} {
		for _, days := range c.days {
			since := int64(0)
			if days > 0 {
				since = millis(tx.now.AddDate(0, 0, -days))
			}
			var n int
			if err := tx.one(ctx, c.query, []any{since}, &n); err != nil {
				return s, err
			}
			c.to[days] = n
		}
	}
	return s, tx.largest(ctx, &s)
}

func (tx *Tx) simpleCounts(s *Statistics) []counted {
	today := tx.now.UTC().Truncate(day)
	yesterday := []any{millis(today.Add(-day)), millis(today)}
	const tokens = `SELECT count(*) FROM api_token WHERE type = $1`
	return []counted{
		{&s.Users, `SELECT count(*) FROM users WHERE deleted_at IS NULL`, nil},
		{&s.Projects, `SELECT count(*) FROM project WHERE archived_at IS NULL`, nil},
		{&s.Environments, `SELECT count(*) FROM environment`, nil},
		{&s.CustomRoles, `SELECT count(*) FROM role`, nil},
		{&s.Groups, `SELECT count(*) FROM user_group`, nil},
		{&s.Segments, `SELECT count(*) FROM segment`, nil},
		{&s.ContextFields, `SELECT count(*) FROM context_field`, nil},
		{&s.Definitions, `SELECT count(*) FROM strategy_definition`, nil},
		{&s.Flags, `SELECT count(*) FROM feature WHERE archived_at IS NULL`, nil},
		{&s.AdminTokens, tokens, []any{"admin"}},
		{&s.ClientTokens, tokens, []any{"client"}},
		{&s.FrontendTokens, tokens, []any{"frontend"}},
		{&s.UsageRows, `SELECT count(*) FROM usage_hour WHERE variant = '' AND hour >= $1 AND hour < $2`, yesterday},
		{&s.VariantRows, `SELECT count(*) FROM usage_hour WHERE variant <> '' AND hour >= $1 AND hour < $2`, yesterday},
		{&s.MaxStrategies, `SELECT COALESCE(max(n), 0) FROM (SELECT count(*) AS n FROM strategy s JOIN feature f ON f.name = s.feature
			WHERE f.archived_at IS NULL GROUP BY s.feature, s.environment) counts`, nil},
	}
}

// largest looks through the constraints of live flags.
func (tx *Tx) largest(ctx context.Context, s *Statistics) error {
	strategies, err := tx.ConstrainedStrategies(ctx, "")
	for _, u := range strategies {
		s.MaxConstraints = max(s.MaxConstraints, len(u.Constraints))
		for _, c := range u.Constraints {
			s.MaxConstraintValues = max(s.MaxConstraintValues, len(c.Values))
		}
	}
	return err
}
