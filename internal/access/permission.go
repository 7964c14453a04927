// Package access says who may do what where: permissions, built-in roles,
// principals and what is granted to them.
//
// Main types: [Permission] with its [Info] row, [Role], [Grants] (what a
// person holds), [Principal] (who is asking). Flow: auth builds a Principal
// from a credential; a route declares the permission it needs; [Principal.Can]
// answers. Everything that is not granted is denied. What does not belong:
// storage, sessions, HTTP.
package access

// Permission is the key of one right, as Unleash 8.2.0 spells it.
type Permission string

// ScopeOf says how far a permission reaches.
type ScopeOf uint8

// The scopes: on the whole server, in one project, or in one environment of
// one project.
const (
	Root ScopeOf = iota + 1
	Project
	Environment
)

// String is the scope's name on the wire.
func (s ScopeOf) String() string {
	switch s {
	case Project:
		return "project"
	case Environment:
		return "environment"
	case Root:
	}
	return "root"
}

// The permissions.
const (
	AdminAll Permission = "ADMIN"

	CreateAddon Permission = "CREATE_ADDON"
	UpdateAddon Permission = "UPDATE_ADDON"
	DeleteAddon Permission = "DELETE_ADDON"

	CreateClientToken   Permission = "CREATE_CLIENT_API_TOKEN"
	ReadClientToken     Permission = "READ_CLIENT_API_TOKEN"
	UpdateClientToken   Permission = "UPDATE_CLIENT_API_TOKEN"
	DeleteClientToken   Permission = "DELETE_CLIENT_API_TOKEN"
	CreateFrontendToken Permission = "CREATE_FRONTEND_API_TOKEN"
	ReadFrontendToken   Permission = "READ_FRONTEND_API_TOKEN"
	UpdateFrontendToken Permission = "UPDATE_FRONTEND_API_TOKEN"
	DeleteFrontendToken Permission = "DELETE_FRONTEND_API_TOKEN"

	CreateAdminToken Permission = "CREATE_ADMIN_API_TOKEN" // ours: of scoped ones, within one's own rights
	RevealToken      Permission = "REVEAL_API_TOKEN"       // ours: the secrets of sealed copies

	UpdateApplication  Permission = "UPDATE_APPLICATION"
	CreateContextField Permission = "CREATE_CONTEXT_FIELD"
	UpdateContextField Permission = "UPDATE_CONTEXT_FIELD"
	DeleteContextField Permission = "DELETE_CONTEXT_FIELD"
	CreateProject      Permission = "CREATE_PROJECT"
	ReadRole           Permission = "READ_ROLE"
	CreateSegment      Permission = "CREATE_SEGMENT"
	UpdateSegment      Permission = "UPDATE_SEGMENT"
	DeleteSegment      Permission = "DELETE_SEGMENT"
	CreateStrategy     Permission = "CREATE_STRATEGY"
	UpdateStrategy     Permission = "UPDATE_STRATEGY"
	DeleteStrategy     Permission = "DELETE_STRATEGY"
	CreateTagType      Permission = "CREATE_TAG_TYPE"
	UpdateTagType      Permission = "UPDATE_TAG_TYPE"
	DeleteTagType      Permission = "DELETE_TAG_TYPE"

	CreateReleaseTemplate Permission = "RELEASE_PLAN_TEMPLATE_CREATE"
	UpdateReleaseTemplate Permission = "RELEASE_PLAN_TEMPLATE_UPDATE"
	DeleteReleaseTemplate Permission = "RELEASE_PLAN_TEMPLATE_DELETE"

	ReadLogs        Permission = "READ_LOGS"
	UpdateMaintain  Permission = "UPDATE_MAINTENANCE_MODE"
	UpdateBanners   Permission = "UPDATE_INSTANCE_BANNERS"
	UpdateCORS      Permission = "UPDATE_CORS"
	UpdateAuthSetup Permission = "UPDATE_AUTH_CONFIGURATION"

	CreateFeature           Permission = "CREATE_FEATURE"
	UpdateFeature           Permission = "UPDATE_FEATURE"
	UpdateDependency        Permission = "UPDATE_FEATURE_DEPENDENCY"
	DeleteFeature           Permission = "DELETE_FEATURE"
	UpdateFeatureVariants   Permission = "UPDATE_FEATURE_VARIANTS"
	MoveFeature             Permission = "MOVE_FEATURE_TOGGLE"
	UpdateProjectContext    Permission = "UPDATE_PROJECT_CONTEXT"
	UpdateProjectSegment    Permission = "UPDATE_PROJECT_SEGMENT"
	UpdateProjectTemplate   Permission = "UPDATE_PROJECT_RELEASE_TEMPLATE"
	UpdateProject           Permission = "UPDATE_PROJECT"
	ReadProjectAccess       Permission = "PROJECT_USER_ACCESS_READ"
	WriteProjectAccess      Permission = "PROJECT_USER_ACCESS_WRITE"
	ReadDefaultStrategy     Permission = "PROJECT_DEFAULT_STRATEGY_READ"
	WriteDefaultStrategy    Permission = "PROJECT_DEFAULT_STRATEGY_WRITE"
	ReadProjectSettings     Permission = "PROJECT_SETTINGS_READ"
	WriteProjectSettings    Permission = "PROJECT_SETTINGS_WRITE"
	DeleteProject           Permission = "DELETE_PROJECT"
	ReadProjectToken        Permission = "READ_PROJECT_API_TOKEN"
	CreateProjectToken      Permission = "CREATE_PROJECT_API_TOKEN"
	UpdateProjectToken      Permission = "UPDATE_PROJECT_API_TOKEN" // ours: the peer has no project-level update
	DeleteProjectToken      Permission = "DELETE_PROJECT_API_TOKEN"
	ReadProjectChangeReqs   Permission = "PROJECT_CHANGE_REQUEST_READ"
	WriteProjectChangeReqs  Permission = "PROJECT_CHANGE_REQUEST_WRITE"
	CreateFeatureStrategy   Permission = "CREATE_FEATURE_STRATEGY"
	UpdateFeatureStrategy   Permission = "UPDATE_FEATURE_STRATEGY"
	DeleteFeatureStrategy   Permission = "DELETE_FEATURE_STRATEGY"
	UpdateFeatureEnv        Permission = "UPDATE_FEATURE_ENVIRONMENT"
	UpdateFeatureEnvVariant Permission = "UPDATE_FEATURE_ENVIRONMENT_VARIANTS"
	ApproveChangeRequest    Permission = "APPROVE_CHANGE_REQUEST"
	ApplyChangeRequest      Permission = "APPLY_CHANGE_REQUEST"
	SkipChangeRequest       Permission = "SKIP_CHANGE_REQUEST"
)

// Info describes a permission to people.
type Info struct {
	Permission Permission
	Scope      ScopeOf
	Category   string
	Label      string
}

// permissions has one row a permission; the role editor, the documentation and
// the guard test derive from it.
var permissions = []Info{
	{AdminAll, Root, "", "Everything, everywhere"},
	{CreateAddon, Root, "Integration", "Create integrations"},
	{UpdateAddon, Root, "Integration", "Change integrations"},
	{DeleteAddon, Root, "Integration", "Delete integrations"},
	{CreateClientToken, Root, "API token", "Create client tokens"},
	{ReadClientToken, Root, "API token", "See client tokens"},
	{UpdateClientToken, Root, "API token", "Change client tokens"},
	{DeleteClientToken, Root, "API token", "Delete client tokens"},
	{CreateFrontendToken, Root, "API token", "Create front-end tokens"},
	{ReadFrontendToken, Root, "API token", "See front-end tokens"},
	{UpdateFrontendToken, Root, "API token", "Change front-end tokens"},
	{DeleteFrontendToken, Root, "API token", "Delete front-end tokens"},
	{CreateAdminToken, Root, "API token", "Create admin tokens that may do no more than oneself"},
	{RevealToken, Root, "API token", "Read the secrets of client and front-end tokens one may see, where sealed copies are kept"},
	{UpdateApplication, Root, "Application", "Change and delete applications"},
	{CreateContextField, Root, "Context field", "Create context fields"},
	{UpdateContextField, Root, "Context field", "Change context fields"},
	{DeleteContextField, Root, "Context field", "Delete context fields"},
	{CreateProject, Root, "Project", "Create projects"},
	{ReadRole, Root, "Role", "See roles and their permissions"},
	{CreateSegment, Root, "Segment", "Create segments"},
	{UpdateSegment, Root, "Segment", "Change segments"},
	{DeleteSegment, Root, "Segment", "Delete segments"},
	{CreateStrategy, Root, "Strategy", "Create strategy definitions"},
	{UpdateStrategy, Root, "Strategy", "Change strategy definitions"},
	{DeleteStrategy, Root, "Strategy", "Delete strategy definitions"},
	{CreateTagType, Root, "Tag type", "Create tag types"},
	{UpdateTagType, Root, "Tag type", "Change tag types"},
	{DeleteTagType, Root, "Tag type", "Delete tag types"},
	{CreateReleaseTemplate, Root, "Release plan template", "Create release plan templates"},
	{UpdateReleaseTemplate, Root, "Release plan template", "Change release plan templates"},
	{DeleteReleaseTemplate, Root, "Release plan template", "Delete release plan templates"},
	{ReadLogs, Root, "Instance maintenance", "Read the event log and the sign-in log"},
	{UpdateMaintain, Root, "Instance maintenance", "Switch maintenance mode"},
	{UpdateBanners, Root, "Instance maintenance", "Change banners"},
	{UpdateCORS, Root, "Instance maintenance", "Change the origins of the front-end API"},
	{UpdateAuthSetup, Root, "Authentication", "Change how people sign in"},
	{CreateFeature, Project, "Flags and strategies", "Create flags"},
	{UpdateFeature, Project, "Flags and strategies", "Change flags"},
	{UpdateDependency, Project, "Flags and strategies", "Change dependencies of flags"},
	{DeleteFeature, Project, "Flags and strategies", "Archive, revive and delete flags"},
	{UpdateFeatureVariants, Project, "Flags and strategies", "Change variants of flags"},
	{MoveFeature, Project, "Flags and strategies", "Move flags to another project"},
	{UpdateProjectContext, Project, "Flags and strategies", "Change context fields of the project"},
	{UpdateProjectSegment, Project, "Flags and strategies", "Change segments of the project"},
	{UpdateProjectTemplate, Project, "Flags and strategies", "Change release templates of the project"},
	{UpdateProject, Project, "Project settings", "Change the project and all its settings"},
	{ReadProjectAccess, Project, "Project settings", "See who has access"},
	{WriteProjectAccess, Project, "Project settings", "Change who has access"},
	{ReadDefaultStrategy, Project, "Project settings", "See default strategies"},
	{WriteDefaultStrategy, Project, "Project settings", "Change default strategies"},
	{ReadProjectSettings, Project, "Project settings", "See settings"},
	{WriteProjectSettings, Project, "Project settings", "Change settings"},
	{DeleteProject, Project, "Project settings", "Delete the project"},
	{ReadProjectToken, Project, "API tokens", "See tokens of the project"},
	{CreateProjectToken, Project, "API tokens", "Create tokens of the project"},
	{UpdateProjectToken, Project, "API tokens", "Change tokens of the project"},
	{DeleteProjectToken, Project, "API tokens", "Delete tokens of the project"},
	{ReadProjectChangeReqs, Project, "Change requests", "See change request settings"},
	{WriteProjectChangeReqs, Project, "Change requests", "Change change request settings"},
	{CreateFeatureStrategy, Environment, "Environment", "Add strategies"},
	{UpdateFeatureStrategy, Environment, "Environment", "Change strategies"},
	{DeleteFeatureStrategy, Environment, "Environment", "Delete strategies"},
	{UpdateFeatureEnv, Environment, "Environment", "Switch flags on and off"},
	{UpdateFeatureEnvVariant, Environment, "Environment", "Change variants"},
	{ApproveChangeRequest, Environment, "Environment", "Approve change requests"},
	{ApplyChangeRequest, Environment, "Environment", "Apply change requests"},
	{SkipChangeRequest, Environment, "Environment", "Skip change requests"},
}

// Permissions returns every permission, in a fixed order. The slice is a copy.
func Permissions() []Info { return append([]Info(nil), permissions...) }

// Lookup returns the row of a permission.
func Lookup(p Permission) (Info, bool) {
	for _, info := range permissions {
		if info.Permission == p {
			return info, true
		}
	}
	return Info{}, false
}
