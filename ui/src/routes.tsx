import { createRootRoute, createRoute, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { signedIn } from "./shell/signedIn";

/** Every address may carry the state of a table, and more, as texts. */
type Search = Record<string, string | undefined>;

const root = createRootRoute({
  component: Outlet,
  validateSearch: (search: Record<string, unknown>): Search => search as Search,
});

/** Pages for everybody. */
const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  component: lazyRouteComponent(() => import("./pages/signin/SignInPage"), "SignInPage"),
});
const newUser = createRoute({
  getParentRoute: () => root,
  path: "/new-user",
  component: lazyRouteComponent(() => import("./pages/signin/NewUserPage"), "NewUserPage"),
});
const resetPassword = createRoute({
  getParentRoute: () => root,
  path: "/reset-password",
  component: lazyRouteComponent(() => import("./pages/signin/PasswordPage"), "PasswordPage"),
});
const forgotten = createRoute({
  getParentRoute: () => root,
  path: "/forgotten-password",
  component: lazyRouteComponent(() => import("./pages/signin/ForgottenPage"), "ForgottenPage"),
});

/** Everything below is for people who are signed in, inside the shell. */
const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: ({ location }) => signedIn(location.href),
  component: lazyRouteComponent(() => import("./shell/Shell"), "Shell"),
});
const home = createRoute({
  getParentRoute: () => shell,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/projects", replace: true });
  },
});

/*
 * The pages. The first segment of each must be among the pages of
 * ../handler.go, which a test compares.
 */
const projects = createRoute({
  getParentRoute: () => shell,
  path: "/projects",
  component: lazyRouteComponent(() => import("./pages/projects/ProjectsPage"), "ProjectsPage"),
});
const project = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$projectId",
  component: lazyRouteComponent(() => import("./pages/projects/ProjectPage"), "ProjectPage"),
});
const projectFlags = createRoute({
  getParentRoute: () => project,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/projects/ProjectFlags"), "ProjectFlags"),
});
const projectHistory = createRoute({
  getParentRoute: () => project,
  path: "/logs",
  component: lazyRouteComponent(() => import("./pages/projects/ProjectHistory"), "ProjectHistory"),
});
const projectArchive = createRoute({
  getParentRoute: () => project,
  path: "/archive",
  component: lazyRouteComponent(() => import("./pages/projects/ProjectArchive"), "ProjectArchive"),
});
const projectSettings = createRoute({
  getParentRoute: () => project,
  path: "/settings",
  component: lazyRouteComponent(() => import("./pages/projects/ProjectSettings"), "ProjectSettings"),
});
const flags = createRoute({
  getParentRoute: () => shell,
  path: "/features",
  component: lazyRouteComponent(() => import("./pages/flags/FlagsPage"), "FlagsPage"),
});
const flag = createRoute({
  getParentRoute: () => shell,
  path: "/projects/$projectId/features/$featureName",
  component: lazyRouteComponent(() => import("./pages/flags/FlagPage"), "FlagPage"),
});
const flagOverview = createRoute({
  getParentRoute: () => flag,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/flags/FlagOverview"), "FlagOverview"),
});
const flagMetrics = createRoute({
  getParentRoute: () => flag,
  path: "/metrics",
  component: lazyRouteComponent(() => import("./pages/flags/FlagMetrics"), "FlagMetrics"),
});
const flagHistory = createRoute({
  getParentRoute: () => flag,
  path: "/logs",
  component: lazyRouteComponent(() => import("./pages/flags/FlagHistory"), "FlagHistory"),
});
const flagConnect = createRoute({
  getParentRoute: () => flag,
  path: "/connect",
  component: lazyRouteComponent(() => import("./pages/flags/FlagConnect"), "FlagConnect"),
});
const segments = createRoute({
  getParentRoute: () => shell,
  path: "/segments",
  component: lazyRouteComponent(() => import("./pages/segments/SegmentsPage"), "SegmentsPage"),
});
const contextFields = createRoute({
  getParentRoute: () => shell,
  path: "/context",
  component: lazyRouteComponent(() => import("./pages/context/ContextPage"), "ContextPage"),
});
const environments = createRoute({
  getParentRoute: () => shell,
  path: "/environments",
  component: lazyRouteComponent(() => import("./pages/environments/EnvironmentsPage"), "EnvironmentsPage"),
});

const projectTokens = createRoute({
  getParentRoute: () => project,
  path: "/settings/api-access",
  component: lazyRouteComponent(() => import("./pages/tokens/ProjectTokens"), "ProjectTokens"),
});
const tokens = createRoute({
  getParentRoute: () => shell,
  path: "/admin/api",
  component: lazyRouteComponent(() => import("./pages/tokens/TokensPage"), "TokensPage"),
});
const playground = createRoute({
  getParentRoute: () => shell,
  path: "/playground",
  component: lazyRouteComponent(() => import("./pages/playground/PlaygroundPage"), "PlaygroundPage"),
});
const eventLog = createRoute({
  getParentRoute: () => shell,
  path: "/history",
  component: lazyRouteComponent(() => import("./pages/history/EventLogPage"), "EventLogPage"),
});
const applications = createRoute({
  getParentRoute: () => shell,
  path: "/applications",
  component: lazyRouteComponent(() => import("./pages/applications/ApplicationsPage"), "ApplicationsPage"),
});
const application = createRoute({
  getParentRoute: () => shell,
  path: "/applications/$appName",
  component: lazyRouteComponent(() => import("./pages/applications/ApplicationPage"), "ApplicationPage"),
});
const edges = createRoute({
  getParentRoute: () => shell,
  path: "/edges",
  component: lazyRouteComponent(() => import("./pages/edges/EdgesPage"), "EdgesPage"),
});
const integrations = createRoute({
  getParentRoute: () => shell,
  path: "/integrations",
  component: lazyRouteComponent(() => import("./pages/integrations/IntegrationsPage"), "IntegrationsPage"),
});
const strategyTypes = createRoute({
  getParentRoute: () => shell,
  path: "/strategies",
  component: lazyRouteComponent(() => import("./pages/strategies/StrategyTypesPage"), "StrategyTypesPage"),
});
const tagTypes = createRoute({
  getParentRoute: () => shell,
  path: "/tag-types",
  component: lazyRouteComponent(() => import("./pages/tags/TagTypesPage"), "TagTypesPage"),
});
const instance = createRoute({
  getParentRoute: () => shell,
  path: "/admin/instance",
  component: lazyRouteComponent(() => import("./pages/instance/InstancePage"), "InstancePage"),
});
const instanceOverview = createRoute({
  getParentRoute: () => instance,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/instance/Statistics"), "Statistics"),
});
const instanceLimits = createRoute({
  getParentRoute: () => instance,
  path: "/limits",
  component: lazyRouteComponent(() => import("./pages/instance/Limits"), "Limits"),
});
const instanceOrigins = createRoute({
  getParentRoute: () => instance,
  path: "/origins",
  component: lazyRouteComponent(() => import("./pages/instance/Origins"), "Origins"),
});
const flagTypes = createRoute({
  getParentRoute: () => instance,
  path: "/flag-types",
  component: lazyRouteComponent(() => import("./pages/instance/FlagTypes"), "FlagTypes"),
});
/** Other addresses of pages: those of Unleash, and shorter ones. */
const elsewhere = (path: string, to: string) =>
  createRoute({
    getParentRoute: () => shell,
    path,
    beforeLoad: () => {
      throw redirect({ to, replace: true });
    },
  });
const moved = [
  elsewhere("/users", "/admin/users"),
  elsewhere("/groups", "/admin/groups"),
  elsewhere("/roles", "/admin/roles"),
  elsewhere("/service-accounts", "/admin/service-accounts"),
  elsewhere("/instance", "/admin/instance"),
  elsewhere("/admin/cors", "/admin/instance/origins"),
  elsewhere("/admin/instance-stats", "/admin/instance"),
  elsewhere("/feature-toggle-type", "/admin/instance/flag-types"),
];
/* People and access. */
const users = createRoute({
  getParentRoute: () => shell,
  path: "/admin/users",
  component: lazyRouteComponent(() => import("./pages/users/UsersPage"), "UsersPage"),
});
const usersAccess = createRoute({
  getParentRoute: () => shell,
  path: "/admin/users/access",
  component: lazyRouteComponent(() => import("./pages/users/OverviewPage"), "OverviewPage"),
});
const usersInactive = createRoute({
  getParentRoute: () => shell,
  path: "/admin/users/inactive",
  component: lazyRouteComponent(() => import("./pages/users/InactivePage"), "InactivePage"),
});
const signup = createRoute({
  getParentRoute: () => shell,
  path: "/admin/invite-link",
  component: lazyRouteComponent(() => import("./pages/users/SignupPage"), "SignupPage"),
});
const user = createRoute({
  getParentRoute: () => shell,
  path: "/admin/users/$userId",
  component: lazyRouteComponent(() => import("./pages/users/UserPage"), "UserPage"),
});
const userAccess = createRoute({
  getParentRoute: () => user,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/users/UserTabs"), "UserAccess"),
});
const userTokens = createRoute({
  getParentRoute: () => user,
  path: "/tokens",
  component: lazyRouteComponent(() => import("./pages/users/UserTabs"), "UserTokens"),
});
const userHistory = createRoute({
  getParentRoute: () => user,
  path: "/logs",
  component: lazyRouteComponent(() => import("./pages/users/UserTabs"), "UserHistory"),
});
const groups = createRoute({
  getParentRoute: () => shell,
  path: "/admin/groups",
  component: lazyRouteComponent(() => import("./pages/groups/GroupsPage"), "GroupsPage"),
});
const group = createRoute({
  getParentRoute: () => shell,
  path: "/admin/groups/$groupId",
  component: lazyRouteComponent(() => import("./pages/groups/GroupPage"), "GroupPage"),
});
const roles = createRoute({
  getParentRoute: () => shell,
  path: "/admin/roles",
  component: lazyRouteComponent(() => import("./pages/roles/RolesPage"), "RootRolesPage"),
});
const projectRoles = createRoute({
  getParentRoute: () => shell,
  path: "/admin/roles/project-roles",
  component: lazyRouteComponent(() => import("./pages/roles/RolesPage"), "ProjectRolesPage"),
});
const role = createRoute({
  getParentRoute: () => shell,
  path: "/admin/roles/$roleId",
  component: lazyRouteComponent(() => import("./pages/roles/RolePage"), "RolePage"),
});
const serviceAccounts = createRoute({
  getParentRoute: () => shell,
  path: "/admin/service-accounts",
  component: lazyRouteComponent(() => import("./pages/serviceaccounts/ServiceAccountsPage"), "ServiceAccountsPage"),
});
const serviceAccount = createRoute({
  getParentRoute: () => shell,
  path: "/admin/service-accounts/$accountId",
  component: lazyRouteComponent(() => import("./pages/serviceaccounts/ServiceAccountPage"), "ServiceAccountPage"),
});
const serviceAccountTokens = createRoute({
  getParentRoute: () => serviceAccount,
  path: "/",
  component: lazyRouteComponent(() => import("./pages/serviceaccounts/ServiceAccountTabs"), "ServiceAccountTokens"),
});
const serviceAccountAccess = createRoute({
  getParentRoute: () => serviceAccount,
  path: "/access",
  component: lazyRouteComponent(() => import("./pages/serviceaccounts/ServiceAccountTabs"), "ServiceAccountAccess"),
});
const serviceAccountHistory = createRoute({
  getParentRoute: () => serviceAccount,
  path: "/logs",
  component: lazyRouteComponent(() => import("./pages/serviceaccounts/ServiceAccountTabs"), "ServiceAccountHistory"),
});

/** The page of one token: among all, and among those of a project. */
function tokenPages<Path extends string>(path: Path) {
  const one = createRoute({
    getParentRoute: () => shell,
    path,
    component: lazyRouteComponent(() => import("./pages/tokens/TokenPage"), "TokenPage"),
  });
  return one.addChildren([
    createRoute({
      getParentRoute: () => one,
      path: "/",
      component: lazyRouteComponent(() => import("./pages/tokens/TokenUsagePage"), "TokenUsagePage"),
    }),
    createRoute({
      getParentRoute: () => one,
      path: "/explain",
      component: lazyRouteComponent(() => import("./pages/tokens/TokenExplainPage"), "TokenExplainPage"),
    }),
    createRoute({
      getParentRoute: () => one,
      path: "/history",
      component: lazyRouteComponent(() => import("./pages/tokens/TokenHistoryPage"), "TokenHistoryPage"),
    }),
  ]);
}
const profile = createRoute({
  getParentRoute: () => shell,
  path: "/profile",
  component: lazyRouteComponent(() => import("./pages/profile/ProfilePage"), "ProfilePage"),
});
const profileTokens = createRoute({
  getParentRoute: () => shell,
  path: "/profile/personal-api-tokens",
  component: lazyRouteComponent(() => import("./pages/profile/ProfilePage"), "ProfilePage"),
});

/** All addresses of the app: a page joins here, in its section. */
export const routeTree = root.addChildren([
  login,
  newUser,
  resetPassword,
  forgotten,
  shell.addChildren([
    home,
    projects,
    project.addChildren([projectFlags, projectHistory, projectArchive, projectSettings, projectTokens]),
    flags,
    flag.addChildren([flagOverview, flagMetrics, flagHistory, flagConnect]),
    segments,
    contextFields,
    environments,
    tokens,
    playground,
    eventLog,
    applications,
    application,
    edges,
    integrations,
    strategyTypes,
    tagTypes,
    instance.addChildren([instanceOverview, instanceLimits, instanceOrigins, flagTypes]),
    users,
    usersAccess,
    usersInactive,
    signup,
    user.addChildren([userAccess, userTokens, userHistory]),
    groups,
    group,
    roles,
    projectRoles,
    role,
    serviceAccounts,
    serviceAccount.addChildren([serviceAccountTokens, serviceAccountAccess, serviceAccountHistory]),
    ...moved,
    tokenPages("/admin/api/$tokenId"),
    tokenPages("/projects/$projectId/settings/api-access/$tokenId"),
    profile,
    profileTokens,
  ]),
]);
