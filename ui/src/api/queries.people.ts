import { queryOptions } from "@tanstack/react-query";
import { answer, api } from "./client";

/*
 * What the pages about people and their rights read. "people" is made stale by
 * every change of a person, a service account, a group or a role.
 */

const details = { query: { details: true } as never };

export const users = () =>
  queryOptions({
    queryKey: ["people", "users"],
    queryFn: () => answer(api.GET("/api/admin/user-admin", { params: details })),
  });

export const user = (id: string) =>
  queryOptions({
    queryKey: ["people", "user", id],
    queryFn: () => answer(api.GET("/api/admin/user-admin/{id}", { params: { path: { id }, ...details } })),
  });

export const inactiveUsers = () =>
  queryOptions({
    queryKey: ["people", "inactive"],
    queryFn: () => answer(api.GET("/api/admin/user-admin/inactive")),
  });

export const accessOverview = () =>
  queryOptions({ queryKey: ["people", "overview"], queryFn: () => answer(api.GET("/api/admin/access/overview")) });

/** The people, service accounts and groups that roles can be given to. */
export const accounts = () =>
  queryOptions({ queryKey: ["people", "accounts"], queryFn: () => answer(api.GET("/api/admin/user-admin/access")) });

export const signupLinks = () =>
  queryOptions({
    queryKey: ["people", "signup-links"],
    queryFn: () => answer(api.GET("/api/admin/invite-link/tokens")),
  });

/** What an account may do: on the server, and in the project and the environment that are named. */
export const rights = (kind: "user" | "service", id: string, project = "", environment = "") =>
  queryOptions({
    queryKey: ["people", "rights", kind, id, project, environment],
    queryFn: () => {
      const query = { ...(project && { project }), ...(environment && { environment }) };
      const params = { path: { id }, query };
      return kind === "user"
        ? answer(api.GET("/api/admin/user-admin/{id}/permissions", { params }))
        : answer(api.GET("/api/admin/service-account/{id}/permissions", { params }));
    },
  });

/** The personal tokens of a person or a service account. */
export const accountTokens = (kind: "user" | "service", id: string) =>
  queryOptions({
    queryKey: ["people", "tokens", kind, id],
    queryFn: () => {
      const params = { path: { id }, ...details };
      return kind === "user"
        ? answer(api.GET("/api/admin/user-admin/{id}/tokens", { params }))
        : answer(api.GET("/api/admin/service-account/{id}/token", { params }));
    },
  });

export const groups = () =>
  queryOptions({ queryKey: ["people", "groups"], queryFn: () => answer(api.GET("/api/admin/groups")) });

export const group = (groupId: string) =>
  queryOptions({
    queryKey: ["people", "group", groupId],
    queryFn: () => answer(api.GET("/api/admin/groups/{groupId}", { params: { path: { groupId } } })),
  });

/** Who has which roles in a project. */
export const projectAccess = (projectId: string) =>
  queryOptions({
    queryKey: ["projects", "access", projectId],
    queryFn: () => answer(api.GET("/api/admin/projects/{projectId}/access", { params: { path: { projectId } } })),
  });

export const roles = () =>
  queryOptions({
    queryKey: ["people", "roles"],
    queryFn: () => answer(api.GET("/api/admin/roles", { params: details })),
  });

export const role = (roleId: string) =>
  queryOptions({
    queryKey: ["people", "role", roleId],
    queryFn: () => answer(api.GET("/api/admin/roles/{roleId}", { params: { path: { roleId } } })),
  });

export const roleHolders = (roleId: string) =>
  queryOptions({
    queryKey: ["people", "holders", roleId],
    queryFn: () => answer(api.GET("/api/admin/roles/{roleId}/holders", { params: { path: { roleId } } })),
  });

export const serviceAccounts = () =>
  queryOptions({
    queryKey: ["people", "service-accounts"],
    queryFn: () => answer(api.GET("/api/admin/service-account", { params: details })),
  });

export const serviceAccount = (id: string) =>
  queryOptions({
    queryKey: ["people", "service-account", id],
    queryFn: () => answer(api.GET("/api/admin/service-account/{id}", { params: { path: { id }, ...details } })),
  });
