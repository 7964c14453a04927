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
 * One line a page. Its first segment must be among the pages of ../handler.go,
 * which a test compares.
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

/** All addresses of the app. */
export const routeTree = root.addChildren([
  login,
  newUser,
  resetPassword,
  forgotten,
  shell.addChildren([home, projects, project]),
]);
