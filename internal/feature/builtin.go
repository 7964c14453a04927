package feature

import "time"

// BuiltIn is what a server has from its first start on. Deleting what may be
// deleted of it lasts.
type BuiltIn struct {
	Project      Project
	Environments []Environment
	Types        []FlagType
	Definitions  []StrategyDefinition
	TagTypes     []TagType
	Fields       []ContextField
}

// NewBuiltIn returns the first-start data, created at an instant.
func NewBuiltIn(at time.Time) BuiltIn {
	return BuiltIn{
		Project: Project{
			ID: DefaultProject, Name: "Default", Description: new("The project that every server has."),
			DefaultStickiness: "default", Mode: "open", CreatedAt: at, UpdatedAt: at,
		},
		Environments: []Environment{
			{Name: Development, Type: "development", Enabled: true, SortOrder: 1},
			{Name: Production, Type: "production", Enabled: true, SortOrder: 2},
		},
		Types:       flagTypes(),
		Definitions: builtInDefinitions(),
		TagTypes:    []TagType{{Name: "simple", Description: new("A plain label for searching and grouping flags."), Icon: new("#")}},
		Fields: []ContextField{
			{Name: "environment", Description: new("The environment the application runs in."), SortOrder: 0, LegalValues: []LegalValue{}, CreatedAt: at},
			{Name: "userId", Description: new("Identifies the user."), Stickiness: true, SortOrder: 1, LegalValues: []LegalValue{}, CreatedAt: at},
			{Name: "appName", Description: new("The name of the application."), Stickiness: true, SortOrder: 2, LegalValues: []LegalValue{}, CreatedAt: at},
			{Name: "currentTime", Description: new("The time of the evaluation, for switching at a date."), SortOrder: 3, LegalValues: []LegalValue{}, CreatedAt: at},
			{Name: "sessionId", Description: new("Identifies the session, of users who are not signed in too."), Stickiness: true, SortOrder: 4, LegalValues: []LegalValue{}, CreatedAt: at},
		},
	}
}

func flagTypes() []FlagType {
	return []FlagType{
		{ID: "release", Name: "Release", Description: "Releases a change step by step, then goes.", LifetimeDays: new(40)},
		{ID: "experiment", Name: "Experiment", Description: "Compares alternatives, then goes.", LifetimeDays: new(40)},
		{ID: "operational", Name: "Operational", Description: "Steers how the system runs while that is being settled.", LifetimeDays: new(7)},
		{ID: "kill-switch", Name: "Kill switch", Description: "Turns a part off when it misbehaves; stays."},
		{ID: "permission", Name: "Permission", Description: "Gives something to some users only; stays."},
	}
}

// The names of the built-in strategy definitions.
const (
	StrategyDefault         = "default"
	StrategyFlexibleRollout = "flexibleRollout"
	StrategyRemoteAddress   = "remoteAddress"
	StrategyHostname        = "applicationHostname"
)

func builtInDefinitions() []StrategyDefinition {
	return []StrategyDefinition{
		{
			Name: StrategyDefault, DisplayName: new("Standard"), Description: new("On for everybody."),
			Parameters: []StrategyParameter{},
		},
		{
			Name: StrategyFlexibleRollout, DisplayName: new("Gradual rollout"),
			Description: new("On for a share of users, the same users each time."),
			Parameters: []StrategyParameter{
				{Name: "rollout", Type: "percentage", Description: "How many per cent of users."},
				{Name: "stickiness", Type: "string", Description: "The context field that keeps a user's answer the same; default takes userId, then sessionId, then chance."},
				{Name: "groupId", Type: "string", Description: "Flags with the same group choose the same users. The name of the flag unless set."},
			},
		},
		{
			Name: StrategyRemoteAddress, DisplayName: new("IPs"), Description: new("On for some network addresses."),
			Parameters: []StrategyParameter{{Name: "IPs", Type: "list", Description: "Addresses and CIDR ranges.", Required: true}},
		},
		{
			Name: StrategyHostname, DisplayName: new("Hosts"), Description: new("On for applications on some hosts."),
			Parameters: []StrategyParameter{{Name: "hostNames", Type: "list", Description: "Names of hosts.", Required: true}},
		},
	}
}
