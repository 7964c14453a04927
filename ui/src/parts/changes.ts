import type { Schema } from "@/api/client";
import { constraintWords, listWords, type Strategy, strategyWords } from "./words";

type Event = Schema<"Event">;
type Data = Record<string, unknown>;

/** One value that a change made different. */
export interface Difference {
  what: string;
  before?: string;
  after?: string;
}

/** An event of the log for people. */
export interface ChangeWords {
  /** What was done, as it goes on after the name of who did it: "switched on demo in development". */
  did: string;
  differences: Difference[];
}

const place = (e: Event) => (e.environment ? ` in ${e.environment}` : "");
const flag = (e: Event) => e.featureName ?? "a flag";
const inProject = (e: Event) => (e.project ? ` of project ${e.project}` : "");

/** What each type of event did. Types that are not here are told by their name. */
const sentences: Record<string, (e: Event, now: Data, before: Data) => string> = {
  "feature-created": (e) => `created the flag ${flag(e)}`,
  "feature-archived": (e) => `archived ${flag(e)}`,
  "feature-revived": (e) => `revived ${flag(e)}`,
  "feature-deleted": (e) => `deleted ${flag(e)}`,
  "feature-metadata-updated": (e) => `changed ${flag(e)}`,
  "feature-stale-on": (e) => `marked ${flag(e)} as stale`,
  "feature-stale-off": (e) => `marked ${flag(e)} as not stale`,
  "feature-completed": (e) => `completed ${flag(e)}`,
  "feature-uncompleted": (e) => `took ${flag(e)} up again`,
  "feature-project-change": (e, now, before) =>
    `moved ${flag(e)} from project ${text(before.project ?? now.oldProject)} to ${text(now.project ?? now.newProject ?? e.project)}`,
  "feature-environment-enabled": (e) => `switched on ${flag(e)}${place(e)}`,
  "feature-environment-disabled": (e) => `switched off ${flag(e)}${place(e)}`,
  "feature-environment-variants-updated": (e) => `changed the variants of ${flag(e)}${place(e)}`,
  "feature-strategy-add": (e) => `added a strategy to ${flag(e)}${place(e)}`,
  "feature-strategy-update": (e) => `changed a strategy of ${flag(e)}${place(e)}`,
  "feature-strategy-remove": (e) => `removed a strategy from ${flag(e)}${place(e)}`,
  "strategy-order-changed": (e) => `changed the order of strategies of ${flag(e)}${place(e)}`,
  "feature-tagged": (e, now) => `tagged ${flag(e)} with ${text(now.type)}:${text(now.value)}`,
  "feature-untagged": (e, now, before) =>
    `took the tag ${text(before.type ?? now.type)}:${text(before.value ?? now.value)} off ${flag(e)}`,
  "feature-dependency-added": (e, now) => `made ${flag(e)} depend on ${text(now.feature)}`,
  "feature-dependency-removed": (e, now, before) => `freed ${flag(e)} from ${text(before.feature ?? now.feature)}`,
  "feature-dependencies-removed": (e) => `removed all dependencies of ${flag(e)}`,
  "feature-link-added": (e, now) => `added the link ${text(now.title ?? now.url)} to ${flag(e)}`,
  "feature-link-updated": (e) => `changed a link of ${flag(e)}`,
  "feature-link-removed": (e) => `removed a link from ${flag(e)}`,
  "feature-favorited": (e) => `made ${flag(e)} a favourite`,
  "feature-unfavorited": (e) => `took ${flag(e)} from their favourites`,
  "project-favorited": (e) => `made the project ${e.project ?? ""} a favourite`,
  "project-unfavorited": (e) => `took the project ${e.project ?? ""} from their favourites`,
  "segment-created": (_, now) => `created the segment ${text(now.name)}`,
  "segment-updated": (_, now) => `changed the segment ${text(now.name)}`,
  "segment-deleted": (_, now, before) => `deleted the segment ${text(before.name ?? now.name)}`,
  "context-field-created": (_, now) => `created the context field ${text(now.name)}`,
  "context-field-updated": (_, now) => `changed the context field ${text(now.name)}`,
  "context-field-deleted": (_, now, before) => `deleted the context field ${text(before.name ?? now.name)}`,
  "application-created": (_, now, before) =>
    `${Object.keys(before).length > 0 ? "described" : "added"} the application ${text(now.appName)}`,
  "application-deleted": (_, now, before) => `removed the application ${text(before.appName ?? now.appName)}`,
  "addon-config-created": (_, now) => `added the integration ${integrationWords(now)}`,
  "addon-config-updated": (_, now) => `changed the integration ${integrationWords(now)}`,
  "addon-config-deleted": (_, now, before) => `deleted the integration ${integrationWords(before, now)}`,
  "strategy-created": (_, now) => `created the strategy type ${text(now.name)}`,
  "strategy-updated": (_, now) => `changed the strategy type ${text(now.name)}`,
  "strategy-deprecated": (_, now) => `deprecated the strategy type ${text(now.name)}`,
  "strategy-reactivated": (_, now) => `reactivated the strategy type ${text(now.name)}`,
  "strategy-deleted": (_, now, before) => `deleted the strategy type ${text(before.name ?? now.name)}`,
  "tag-type-created": (_, now) => `created the tag type ${text(now.name)}`,
  "tag-type-updated": (_, now) => `changed the tag type ${text(now.name)}`,
  "tag-type-deleted": (_, now, before) => `deleted the tag type ${text(before.name ?? now.name)}`,
  "feature-type-updated": (_, now, before) => `changed the lifetime of the flag type ${text(now.name ?? before.name)}`,
  "setting-created": (_, now) => `set ${settingWords(now)}`,
  "setting-updated": (_, now, before) => `changed ${settingWords(now, before)}`,
  "environment-created": (e, now) => `created the environment ${text(now.name ?? e.environment)}`,
  "environment-updated": (e, now) => `changed the environment ${text(now.name ?? e.environment)}`,
  "environment-deleted": (e, now, before) =>
    `deleted the environment ${text(before.name ?? now.name ?? e.environment)}`,
  "project-created": (e, now) => `created the project ${text(now.name ?? e.project)}`,
  "project-updated": (e) => `changed the project ${e.project ?? ""}`,
  "project-archived": (e) => `archived the project ${e.project ?? ""}`,
  "project-revived": (e) => `revived the project ${e.project ?? ""}`,
  "project-deleted": (e) => `deleted the project ${e.project ?? ""}`,
  "project-environment-added": (e) => `added the environment ${e.environment ?? ""} to project ${e.project ?? ""}`,
  "project-environment-removed": (e) => `took the environment ${e.environment ?? ""} from project ${e.project ?? ""}`,
  "default-strategy-updated": (e) => `changed the default strategy${inProject(e)}${place(e)}`,
  "api-token-created": (_, now) => `created the token ${tokenWords(now)}`,
  "api-token-updated": (_, now, before) => `changed the token ${tokenWords(now, before)}`,
  "api-token-rotated": (_, now, before) => `rotated the token ${tokenWords(now, before)}`,
  "api-token-deleted": (_, now, before) => `revoked the token ${tokenWords(before, now)}`,
  "api-token-disabled": (_, now, before) => `disabled the token ${tokenWords(now, before)}`,
  "api-token-enabled": (_, now, before) => `enabled the token ${tokenWords(now, before)}`,
  "api-token-expiring": (_, now) => `warned that the token ${tokenWords(now)} expires soon`,
  "api-token-purged": (_, now, before) => `cleared away the expired token ${tokenWords(before, now)}`,
  "api-token-revealed": (_, now, before) => `read the secret of the token ${tokenWords(now, before)}`,
  "pat-created": (_, now) => `made the personal token ${text(now.description ?? now.name)}`,
  "pat-rotated": (_, now, before) =>
    `rotated the personal token ${text(now.description ?? before.description ?? now.name)}`,
  "pat-disabled": (_, now, before) => `disabled the personal token ${text(now.description ?? before.description)}`,
  "pat-enabled": (_, now, before) => `enabled the personal token ${text(now.description ?? before.description)}`,
  "pat-deleted": (_, now, before) =>
    `revoked the personal token ${text(before.description ?? now.description ?? before.name)}`,
  "user-created": (_, now) => `added the person ${personWords(now)}`,
  "user-updated": (_, now) => `changed the person ${personWords(now)}`,
  "user-deleted": (_, now, before) =>
    `removed the person ${personWords(Object.keys(before).length > 0 ? before : now)}`,
  "user-disabled": (_, now, before) => `disabled the person ${personWords(Object.keys(now).length > 0 ? now : before)}`,
  "user-enabled": (_, now, before) => `enabled the person ${personWords(Object.keys(now).length > 0 ? now : before)}`,
  "service-account-created": (_, now) => `added the service account ${personWords(now)}`,
  "service-account-updated": (_, now) => `changed the service account ${personWords(now)}`,
  "service-account-disabled": (_, now) => `disabled the service account ${personWords(now)}`,
  "service-account-enabled": (_, now) => `enabled the service account ${personWords(now)}`,
  "service-account-deleted": (_, now, before) =>
    `removed the service account ${personWords(Object.keys(before).length > 0 ? before : now)}`,
  "public-signup-token-created": (_, now) => `made the sign-up link ${text(now.name)}`,
  "public-signup-token-updated": (_, now) => `changed the sign-up link ${text(now.name)}`,
  "public-signup-token-user-added": (_, now) => `signed up by the link ${text(now.name)}`,
  "role-created": (_, now) => `created the role ${text(now.name)}`,
  "role-updated": (_, now) => `changed the role ${text(now.name)}`,
  "role-deleted": (_, now, before) => `deleted the role ${text(before.name ?? now.name)}`,
  "group-created": (_, now) => `created the group ${text(now.name)}`,
  "group-updated": (_, now) => `changed the group ${text(now.name)}`,
  "group-deleted": (_, now, before) => `deleted the group ${text(before.name ?? now.name)}`,
  "sign-in-refused": (_, now) => `was refused at signing in as ${text(now.username ?? now.login ?? "somebody")}`,
};

/** Names of fields, for people. */
const fields: Record<string, string> = {
  enabled: "on",
  impressionData: "impression data",
  createdAt: "",
  updatedAt: "",
  id: "",
  featureName: "",
  sortOrder: "position",
  rootRole: "root role",
  defaultStickiness: "default stickiness",
  legalValues: "legal values",
  lifetimeDays: "days",
  frontendApiOrigins: "origins",
  appName: "",
  expiresAt: "expiry",
  tokenName: "name",
  hint: "secret",
  oldSecretEndsAt: "the old secret ends",
  projects: "",
};

/** What happened, in words, with each value before and after. */
export function changeWords(event: Event, segmentName?: (id: number) => string): ChangeWords {
  const now = record(event.data);
  const before = record(event.preData);
  const known = sentences[event.type];
  const did = known
    ? known(event, now, before)
    : `${event.type.replaceAll("-", " ")}${event.featureName ? `: ${event.featureName}` : ""}${place(event)}`;
  if (event.type.startsWith("feature-strategy-"))
    return { did, differences: strategyDifferences(now, before, segmentName) };
  if (event.type.startsWith("feature-environment-") && !event.type.includes("variants"))
    return { did, differences: [] };
  const changed = Object.keys(before).length > 0 && Object.keys(now).length > 0;
  return { did, differences: changed ? differences(now, before) : [] };
}

function strategyDifferences(now: Data, before: Data, segmentName?: (id: number) => string): Difference[] {
  const words = (data: Data) => (data.name ? strategyWords(data as unknown as Strategy, segmentName) : undefined);
  const [old, fresh] = [words(before), words(now)];
  return old === fresh ? differences(now, before) : [{ what: "strategy", before: old, after: fresh }];
}

/** The fields in which two states differ. */
export function differences(now: Data, before: Data): Difference[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(now)])];
  return keys
    .filter((key) => fields[key] !== "" && JSON.stringify(before[key]) !== JSON.stringify(now[key]))
    .map((key) => ({
      what: fields[key] ?? key.replace(/([A-Z])/g, " $1").toLowerCase(),
      before: shown(before[key]),
      after: shown(now[key]),
    }));
}

/** A value in words. */
function shown(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.length === 0 ? undefined : listWords(value.map(item), 8);
  if (typeof value === "object")
    return Object.entries(value)
      .map(([name, one]) => `${name} ${text(one)}`)
      .join(", ");
  return typeof value === "string" && instant.test(value) ? moment.format(new Date(value)) : String(value);
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;
const moment = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeStyle: "short" });

function item(value: unknown): string {
  const data = record(value);
  if (typeof data.contextName === "string") return constraintWords(data as never);
  if (typeof data.weight === "number") return `${text(data.name)} ${data.weight / 10} %`;
  if (data.value !== undefined) return text(data.value);
  if (data.name !== undefined) return text(data.name);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

const tokenWords = (...all: Data[]) => {
  const data = all.find((one) => one.tokenName ?? one.username) ?? {};
  const kind = data.type ? `${text(data.type)} ` : "";
  return `${text(data.tokenName ?? data.username ?? "")}${kind && ` (${kind.trim()})`}`;
};
const integrationWords = (...all: Data[]) => {
  const data = all.find((one) => one.provider) ?? {};
  return `${text(data.provider)} ${text(data.description) || `number ${text(data.id)}`}`;
};
const settingWords = (...all: Data[]) =>
  all.some((one) => one.id === "frontend.origins") ? "the origins of the front-end API" : "a setting of the server";
const personWords = (data: Data) => text(data.name || data.username || data.email || "");
const text = (value: unknown) => (value === undefined || value === null ? "" : String(value));
const record = (value: unknown): Data =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Data) : {};
