import { keepPreviousData, type QueryKey, queryOptions } from "@tanstack/react-query";
import { answer, api, type Schema } from "./client";
import type { paths } from "./schema";

/*
 * What pages read, one entry a route, by resource. The first part of a key is
 * the resource: changing() in mutate.ts makes everything under it stale.
 */

export const me = () => queryOptions({ queryKey: ["me"], queryFn: () => answer(api.GET("/api/admin/user")) });

export const uiConfig = () =>
  queryOptions({ queryKey: ["ui-config"], queryFn: () => answer(api.GET("/api/admin/ui-config")), staleTime: 300_000 });

export const projects = (archived = false) =>
  queryOptions({
    queryKey: ["projects", "list", archived],
    queryFn: () => answer(api.GET("/api/admin/projects", { params: { query: { archived } } })),
  });

export const project = (projectId: string) =>
  queryOptions({
    queryKey: ["projects", "overview", projectId],
    queryFn: () => answer(api.GET("/api/admin/projects/{projectId}/overview", { params: { path: { projectId } } })),
  });

export const flags = (projectId: string) =>
  queryOptions({
    queryKey: ["flags", "list", projectId],
    queryFn: () => answer(api.GET("/api/admin/projects/{projectId}/features", { params: { path: { projectId } } })),
  });

export const flag = (projectId: string, featureName: string) =>
  queryOptions({
    queryKey: ["flags", "one", projectId, featureName],
    queryFn: () =>
      answer(
        api.GET("/api/admin/projects/{projectId}/features/{featureName}", {
          params: { path: { projectId, featureName } },
        }),
      ),
  });

export const flagTypes = () =>
  queryOptions({
    queryKey: ["flag-types"],
    queryFn: () => answer(api.GET("/api/admin/feature-types")),
    staleTime: 300_000,
  });

export const environments = () =>
  queryOptions({ queryKey: ["environments", "list"], queryFn: () => answer(api.GET("/api/admin/environments")) });

export const segments = () =>
  queryOptions({ queryKey: ["segments", "list"], queryFn: () => answer(api.GET("/api/admin/segments")) });

export const contextFields = () =>
  queryOptions({ queryKey: ["context", "list"], queryFn: () => answer(api.GET("/api/admin/context")) });

/** Events of the log; the filter has the parameters of the route. */
export const events = (filter: Record<string, string | number>) =>
  queryOptions({
    queryKey: ["events", filter] as QueryKey,
    queryFn: () => answer(api.GET("/api/admin/search/events", { params: { query: filter } })),
    placeholderData: keepPreviousData,
  });

/** Flags by the search of the server; more than 500 are asked for in several requests. */
export const foundFlags = (query: FlagQuery) =>
  queryOptions({
    queryKey: ["flags", "found", query],
    queryFn: () => findFlags(query),
    placeholderData: keepPreviousData,
  });

export type FlagQuery = NonNullable<paths["/api/admin/search/features"]["get"]["parameters"]["query"]>;

const most = 500; // flags in one answer

async function findFlags(query: FlagQuery): Promise<Schema<"FoundFlags">> {
  const ask = (limit: number, offset: number) =>
    answer(api.GET("/api/admin/search/features", { params: { query: { ...query, limit, offset } } }));
  const limit = query.limit ?? 50;
  const offset = query.offset ?? 0;
  const first = await ask(Math.min(limit, most), offset);
  const end = Math.min(offset + limit, first.total);
  const rest: Promise<Schema<"FoundFlags">>[] = [];
  for (let at = offset + most; at < end; at += most) rest.push(ask(Math.min(most, end - at), at));
  return { total: first.total, features: [first, ...(await Promise.all(rest))].flatMap(({ features }) => features) };
}

export const strategyDefinitions = () =>
  queryOptions({
    queryKey: ["strategies"],
    queryFn: () => answer(api.GET("/api/admin/strategies")),
    staleTime: 300_000,
  });

/** How often a flag was asked for in the last hour, and by which applications. */
export const flagUsage = (name: string) =>
  queryOptions({
    queryKey: ["usage", "flag", name],
    queryFn: () => answer(api.GET("/api/admin/client-metrics/features/{name}", { params: { path: { name } } })),
    refetchInterval: 15_000,
  });

/** The same hour by hour, by application. */
export const flagUsageByHour = (name: string, hoursBack: number) =>
  queryOptions({
    queryKey: ["usage", "hours", name, hoursBack],
    queryFn: () =>
      answer(
        api.GET("/api/admin/client-metrics/features/{name}/raw", {
          params: { path: { name }, query: { hoursBack } as never },
        }),
      ),
    placeholderData: keepPreviousData,
  });

export const tagTypes = () =>
  queryOptions({ queryKey: ["tag-types"], queryFn: () => answer(api.GET("/api/admin/tag-types")), staleTime: 300_000 });
