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

const tokens = createRoute({
  getParentRoute: () => shell,
  path: "/admin/api",
  component: lazyRouteComponent(() => import("./pages/tokens/TokensPage"), "TokensPage"),
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
    project.addChildren([projectFlags, projectHistory, projectArchive, projectSettings]),
    flags,
    flag.addChildren([flagOverview, flagMetrics, flagHistory, flagConnect]),
    segments,
    contextFields,
    environments,
    tokens,
  ]),
]);
