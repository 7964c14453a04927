package adminapi

import (
	"math"
	"net/http"
	"time"

	"github.com/burgeehq/burgee/internal/access"
	"github.com/burgeehq/burgee/internal/feature"
	"github.com/burgeehq/burgee/internal/web"
)

// UIConfig is what a user interface or another client asks of a server before
// it starts.
type UIConfig struct {
	Name                string         `json:"name"`
	Version             string         `json:"version" doc:"Of Unleash, whose Admin API this one follows"`
	BurgeeVersion       string         `json:"burgeeVersion"`
	Environment         string         `json:"environment" doc:"The edition, for display"`
	UnleashURL          string         `json:"unleashUrl" doc:"Where this server was reached"`
	BaseURIPath         string         `json:"baseUriPath"`
	AuthenticationType  string         `json:"authenticationType"`
	DisablePasswordAuth bool           `json:"disablePasswordAuth"`
	EmailEnabled        bool           `json:"emailEnabled"`
	MaintenanceMode     bool           `json:"maintenanceMode"`
	FrontendAPIOrigins  []string       `json:"frontendApiOrigins" doc:"As set here; empty when nobody did, then the server's command line decides"`
	Flags               map[string]any `json:"flags" doc:"Always empty: nothing of this server is half released"`
	ResourceLimits      ResourceLimits `json:"resourceLimits"`
	VersionInfo         VersionInfo    `json:"versionInfo"`
}

// ResourceLimits says how many of each thing there may be.
type ResourceLimits struct {
	FeatureFlags                 int `json:"featureFlags"`
	FeatureEnvironmentStrategies int `json:"featureEnvironmentStrategies"`
	StrategySegments             int `json:"strategySegments"`
	Constraints                  int `json:"constraints"`
	ConstraintValues             int `json:"constraintValues"`
	Segments                     int `json:"segments"`
	SegmentValues                int `json:"segmentValues"`
	APITokens                    int `json:"apiTokens"`
	Projects                     int `json:"projects" doc:"So many that it is no limit"`
	Environments                 int `json:"environments" doc:"So many that it is no limit"`
	ActionSetActions             int `json:"actionSetActions" doc:"0, as each below: this server has none"`
	ActionSetsPerProject         int `json:"actionSetsPerProject"`
	ActionSetFilters             int `json:"actionSetFilters"`
	ActionSetFilterValues        int `json:"actionSetFilterValues"`
	SignalEndpoints              int `json:"signalEndpoints"`
	SignalTokensPerEndpoint      int `json:"signalTokensPerEndpoint"`
	ReleaseTemplates             int `json:"releaseTemplates"`
}

// resourceLimits is the limits of feature/limit.go as clients know them.
func resourceLimits() ResourceLimits {
	return ResourceLimits{
		FeatureFlags: feature.MaxFlags, FeatureEnvironmentStrategies: feature.MaxStrategies, StrategySegments: feature.MaxStrategySegments,
		Constraints: feature.MaxConstraints, ConstraintValues: feature.MaxConstraintValues, Segments: feature.MaxSegments,
		SegmentValues: feature.MaxSegmentValues, APITokens: feature.MaxAPITokens, Projects: math.MaxInt32, Environments: math.MaxInt32,
	}
}

// VersionInfo says which version of Unleash's Admin API clients may expect.
type VersionInfo struct {
	Current    Versions `json:"current"`
	Latest     Versions `json:"latest" doc:"The same: this server does not look for newer ones"`
	IsLatest   bool     `json:"isLatest"`
	InstanceID string   `json:"instanceId"`
}

// Versions is a version by edition.
type Versions struct {
	OSS        string `json:"oss"`
	Enterprise string `json:"enterprise"`
}

// OriginsBody sets the web origins of the front-end API.
type OriginsBody struct {
	_                  struct{} `closed:"true"`
	FrontendAPIOrigins []string `json:"frontendApiOrigins" required:"true" doc:"Each * or an origin such as https://app.example.com; none for all"`
}

// InstanceStatistics counts what the server holds and how much it is used.
type InstanceStatistics struct {
	InstanceID        string    `json:"instanceId"`
	Timestamp         time.Time `json:"timestamp"`
	VersionOSS        string    `json:"versionOSS" doc:"Of Unleash, whose Admin API this one follows"`
	VersionEnterprise string    `json:"versionEnterprise" doc:"Empty: there is one edition"`
	BurgeeVersion     string    `json:"burgeeVersion"`

	Users          int `json:"users"`
	LicensedUsers  int `json:"licensedUsers" doc:"The same as users: there are no licences"`
	FeatureToggles int `json:"featureToggles"`
	Projects       int `json:"projects"`
	Environments   int `json:"environments"`
	Segments       int `json:"segments"`
	Strategies     int `json:"strategies"`
	ContextFields  int `json:"contextFields"`
	Roles          int `json:"roles"`
	Groups         int `json:"groups"`

	APITokens           TokenCounts  `json:"apiTokens"`
	ActiveUsers         LastDays     `json:"activeUsers"`
	ProductionChanges   LastDays     `json:"productionChanges"`
	ClientApps          []AppCount   `json:"clientApps"`
	PreviousDayBuckets  BucketCounts `json:"previousDayMetricsBucketsCount"`
	MaxEnvStrategies    int          `json:"maxEnvironmentStrategies"`
	MaxConstraints      int          `json:"maxConstraints"`
	MaxConstraintValues int          `json:"maxConstraintValues"`
	SAMLEnabled         bool         `json:"SAMLenabled"`
	OIDCEnabled         bool         `json:"OIDCenabled"`
	FeatureExports      int          `json:"featureExports"`
	FeatureImports      int          `json:"featureImports"`
	ReleaseTemplates    int          `json:"releaseTemplates"`
	ReleasePlans        int          `json:"releasePlans"`
}

// TokenCounts counts API tokens by kind.
type TokenCounts struct {
	Admin    int `json:"admin"`
	Client   int `json:"client"`
	Frontend int `json:"frontend"`
}

// LastDays is a count for the last so many days.
type LastDays struct {
	Last7  int `json:"last7"`
	Last30 int `json:"last30"`
	Last60 int `json:"last60"`
	Last90 int `json:"last90"`
}

// AppCount counts applications that registered in a span of time.
type AppCount struct {
	Range string `json:"range"`
	Count int    `json:"count"`
}

// BucketCounts counts rows of usage.
type BucketCounts struct {
	EnabledCount int `json:"enabledCount"`
	VariantCount int `json:"variantCount"`
}

func (h *Handler) instanceRoutes() []Route {
	return []Route{
		read("/ui-config", "getUiConfig", "Read what a user interface needs to start", signedIn(), h.uiConfig),
		read("/resource-limits", "getResourceLimits", "Read how many of each thing there may be", signedIn(),
			func(*Call) (ResourceLimits, error) { return resourceLimits(), nil }),
		write(http.MethodPost, "/ui-config/cors", "setCors", "Set the web origins whose pages may call the front-end API",
			in(access.AdminAll, access.UpdateCORS), http.StatusNoContent, h.setOrigins),
		read("/instance-admin/statistics", "getInstanceAdminStats", "Count what the server holds", signedIn(), h.statistics),
		{
			Method: http.MethodGet, Path: "/instance-admin/statistics/csv", ID: "getInstanceAdminStatsCsv", Tag: "instance-admin", Needs: signedIn(),
			Status: http.StatusOK, Summary: "The same as a table: a line of names and a line of values", stream: h.statisticsTable, media: "text/csv",
		},
	}
}

func (h *Handler) uiConfig(c *Call) (UIConfig, error) {
	ctx := c.r.Context()
	id, err := h.Control.InstanceID(ctx)
	if err != nil {
		return UIConfig{}, err
	}
	origins, err := h.Control.FrontendOrigins(ctx)
	scheme := "http"
	if web.Secure(c.r) {
		scheme = "https"
	}
	version := Versions{OSS: compatible}
	return UIConfig{
		Name: "Burgee", Version: compatible, BurgeeVersion: h.Version, Environment: "Open Source",
		UnleashURL: scheme + "://" + c.r.Host + h.BasePath, BaseURIPath: h.BasePath, AuthenticationType: "open-source",
		FrontendAPIOrigins: append([]string{}, origins...), Flags: map[string]any{}, ResourceLimits: resourceLimits(),
		VersionInfo: VersionInfo{Current: version, Latest: version, IsLatest: true, InstanceID: id},
	}, err
}

func (h *Handler) setOrigins(c *Call, b OriginsBody) (None, error) {
	return None{}, h.Control.SetFrontendOrigins(c.r.Context(), c.Actor, b.FrontendAPIOrigins)
}

func (h *Handler) statistics(c *Call) (InstanceStatistics, error) {
	i, err := h.Control.Instance(c.r.Context())
	return InstanceStatistics{
		InstanceID: i.ID, Timestamp: i.At, VersionOSS: compatible, BurgeeVersion: h.Version,
		Users: i.Users, LicensedUsers: i.Users, FeatureToggles: i.Flags, Projects: i.Projects, Environments: i.Environments,
		Segments: i.Segments, Strategies: i.Definitions, ContextFields: i.ContextFields, Roles: len(access.BuiltInRoles()) + i.CustomRoles, Groups: i.Groups,
		APITokens:         TokenCounts{Admin: i.AdminTokens, Client: i.ClientTokens, Frontend: i.FrontendTokens},
		ActiveUsers:       LastDays{Last7: i.ActiveUsers[7], Last30: i.ActiveUsers[30], Last60: i.ActiveUsers[60], Last90: i.ActiveUsers[90]},
		ProductionChanges: LastDays{Last7: i.ProductionChanges[7], Last30: i.ProductionChanges[30], Last60: i.ProductionChanges[60], Last90: i.ProductionChanges[90]},
		ClientApps:        []AppCount{{"allTime", i.Apps[0]}, {"30d", i.Apps[30]}, {"7d", i.Apps[7]}},
		PreviousDayBuckets: BucketCounts{
			EnabledCount: i.UsageRows, VariantCount: i.VariantRows,
		},
		MaxEnvStrategies: i.MaxStrategies, MaxConstraints: i.MaxConstraints, MaxConstraintValues: i.MaxConstraintValues,
	}, err
}
