import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { answer, api, call, type Schema } from "./client";
import type { paths } from "./schema";

/* What the pages read that show how the server is used, and what it tells others. */

export type ApplicationQuery = NonNullable<paths["/api/admin/metrics/applications"]["get"]["parameters"]["query"]>;

export const applications = (query: ApplicationQuery) =>
  queryOptions({
    queryKey: ["applications", "list", query],
    queryFn: () => answer(api.GET("/api/admin/metrics/applications", { params: { query } })),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
  });

export const application = (appName: string) =>
  queryOptions({
    queryKey: ["applications", "one", appName],
    queryFn: () => answer(api.GET("/api/admin/metrics/applications/{appName}", { params: { path: { appName } } })),
  });

export const applicationOverview = (appName: string) =>
  queryOptions({
    queryKey: ["applications", "overview", appName],
    queryFn: () =>
      answer(api.GET("/api/admin/metrics/applications/{appName}/overview", { params: { path: { appName } } })),
    refetchInterval: 30_000,
  });

export const instances = (appName: string, environment: string) =>
  queryOptions({
    queryKey: ["applications", "instances", appName, environment],
    queryFn: () =>
      answer(
        api.GET("/api/admin/metrics/instances/{appName}/environment/{environment}", {
          params: { path: { appName, environment } },
        }),
      ),
    refetchInterval: 30_000,
  });

/** Evaluations by hour of one application. */
export const applicationUsage = (appName: string, hoursBack: number) =>
  queryOptions({
    queryKey: ["usage", "application", appName, hoursBack],
    queryFn: () => answer(api.GET("/api/admin/metrics/evaluations", { params: { query: { appName, hoursBack } } })),
    refetchInterval: 30_000,
  });

export const unknownFlags = () =>
  queryOptions({
    queryKey: ["applications", "unknown-flags"],
    queryFn: () => answer(api.GET("/api/admin/metrics/unknown-flags")),
    refetchInterval: 30_000,
  });

export const edges = () =>
  queryOptions({
    queryKey: ["edges"],
    queryFn: () => answer(api.GET("/api/admin/metrics/edges")),
    refetchInterval: 10_000,
  });

export const statistics = () =>
  queryOptions({ queryKey: ["statistics"], queryFn: () => answer(api.GET("/api/admin/instance-admin/statistics")) });

/** Whether the server says that it is ready to work. */
export const readiness = () =>
  queryOptions({ queryKey: ["readiness"], queryFn: () => call("GET", "/ready"), refetchInterval: 15_000 });

export const integrations = () =>
  queryOptions({ queryKey: ["integrations", "list"], queryFn: () => answer(api.GET("/api/admin/addons")) });

/** What an integration was told lately, the latest first. */
export const deliveries = (id: number) =>
  queryOptions({
    queryKey: ["integrations", "deliveries", id],
    queryFn: () => answer(api.GET("/api/admin/addons/{id}/events", { params: { path: { id: String(id) } } })),
    refetchInterval: 5_000,
  });

/** Everybody who made an event. */
export const eventCreators = () =>
  queryOptions({
    queryKey: ["events", "creators"],
    queryFn: () => answer(api.GET("/api/admin/event-creators")),
    staleTime: 60_000,
  });

/** The answers of flags for contexts, and why. */
export const playground = (body: Schema<"AdvancedPlaygroundBody">) =>
  queryOptions({
    queryKey: ["flags", "playground", body],
    queryFn: () => answer(api.POST("/api/admin/playground/advanced", { body })),
    placeholderData: keepPreviousData,
    retry: false,
  });
