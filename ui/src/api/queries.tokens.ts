import { keepPreviousData, type QueryKey, queryOptions } from "@tanstack/react-query";
import { answer, api, type Schema } from "./client";

/*
 * Tokens, and what is one's own. API tokens are read among all of the server,
 * or, for who may see those of one project only, among the tokens of it.
 */

const details = { details: "true" };

export type Token = Schema<"APIToken">;
export type PersonalToken = Schema<"PersonalToken">;

/** All API tokens that the person may see, or those of a project. */
export const tokens = (project?: string) =>
  queryOptions({
    queryKey: ["tokens", "list", project ?? ""],
    queryFn: () =>
      project === undefined
        ? answer(api.GET("/api/admin/api-tokens", { params: { query: details } }))
        : answer(
            api.GET("/api/admin/projects/{projectId}/api-tokens", {
              params: { path: { projectId: project }, query: details },
            }),
          ),
    refetchInterval: 30_000, // when they were used last
  });

/** Who uses a token, and how often by hour. */
export const tokenUsage = (token: string, project?: string, hoursBack = 48) =>
  queryOptions({
    queryKey: ["tokens", "usage", token, project ?? "", hoursBack],
    queryFn: () =>
      project === undefined
        ? answer(api.GET("/api/admin/api-tokens/{token}/usage", { params: { path: { token }, query: { hoursBack } } }))
        : answer(
            api.GET("/api/admin/projects/{projectId}/api-tokens/{token}/usage", {
              params: { path: { projectId: project, token }, query: { hoursBack } },
            }),
          ),
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
  });

/** A request for which a token is judged. */
export interface AskedRequest {
  path?: string;
  method?: string;
  address?: string;
  origin?: string;
}

/** What a token may do and see, and what would become of a request. */
export const explainToken = (token: string, project?: string, query: AskedRequest = {}) =>
  project === undefined
    ? answer(api.GET("/api/admin/api-tokens/{token}/explain", { params: { path: { token }, query } }))
    : answer(
        api.GET("/api/admin/projects/{projectId}/api-tokens/{token}/explain", {
          params: { path: { projectId: project, token }, query },
        }),
      );

export const tokenExplanation = (token: string, project?: string) =>
  queryOptions({
    queryKey: ["tokens", "explain", token, project ?? ""],
    queryFn: () => explainToken(token, project),
  });

/** What was done to a token. */
export const tokenEvents = (token: string, project?: string) => (limit: number) =>
  queryOptions({
    queryKey: ["tokens", "events", token, project ?? "", limit] as QueryKey,
    queryFn: () =>
      project === undefined
        ? answer(api.GET("/api/admin/api-tokens/{token}/events", { params: { path: { token }, query: { limit } } }))
        : answer(
            api.GET("/api/admin/projects/{projectId}/api-tokens/{token}/events", {
              params: { path: { projectId: project, token }, query: { limit } },
            }),
          ),
    placeholderData: keepPreviousData,
  });

/** How long tokens of each kind may live. */
export const tokenPolicy = () =>
  queryOptions({ queryKey: ["token-policy"], queryFn: () => answer(api.GET("/api/admin/token-policy")) });

export const permissions = () =>
  queryOptions({
    queryKey: ["environments", "permissions"], // some are listed by environment
    queryFn: () => answer(api.GET("/api/admin/permissions")),
    staleTime: 300_000,
  });

/** One's own. */
export const personalTokens = () =>
  queryOptions({
    queryKey: ["personal-tokens"],
    queryFn: () => answer(api.GET("/api/admin/user/tokens", { params: { query: details } })),
    refetchInterval: 30_000,
  });

export const sessions = () =>
  queryOptions({ queryKey: ["sessions"], queryFn: () => answer(api.GET("/api/admin/user/sessions")) });

export const profile = () =>
  queryOptions({ queryKey: ["me", "profile"], queryFn: () => answer(api.GET("/api/admin/user/profile")) });

const stale = [["tokens"], ["events"]];

type Rotation = Schema<"RotationBody">;
type Change = Schema<"TokenChangeBody">;

/** What can be done to API tokens: of the server, or of a project. */
export function tokenCalls(project?: string) {
  if (project === undefined) {
    const at = (token: string) => ({ params: { path: { token } } });
    return {
      stale,
      create: (body: Schema<"APITokenBody">) => answer(api.POST("/api/admin/api-tokens", { body })),
      change: (token: string, body: Change) => answer(api.PUT("/api/admin/api-tokens/{token}", { ...at(token), body })),
      rotate: (token: string, body: Rotation) =>
        answer(api.POST("/api/admin/api-tokens/{token}/rotate", { ...at(token), body })),
      revoke: (token: string) => answer(api.DELETE("/api/admin/api-tokens/{token}", at(token))),
    };
  }
  const at = (token: string) => ({ params: { path: { projectId: project, token } } });
  return {
    stale,
    create: (body: Schema<"APITokenBody">) =>
      answer(
        api.POST("/api/admin/projects/{projectId}/api-tokens", { params: { path: { projectId: project } }, body }),
      ),
    change: (token: string, body: Change) =>
      answer(api.PUT("/api/admin/projects/{projectId}/api-tokens/{token}", { ...at(token), body })),
    rotate: (token: string, body: Rotation) =>
      answer(api.POST("/api/admin/projects/{projectId}/api-tokens/{token}/rotate", { ...at(token), body })),
    revoke: (token: string) => answer(api.DELETE("/api/admin/projects/{projectId}/api-tokens/{token}", at(token))),
  };
}
