import type { Schema } from "@/api/client";
import { changeWords } from "@/parts/changes";
import type { TableState } from "@/parts/tableState";

type Event = Schema<"Event">;

/** The filters of the event log, as the address names them. */
export const filters = ["type", "createdBy", "project", "environment", "feature", "token", "from", "to"] as const;

/** The parameters of the search for what the address says. */
export function eventQuery(state: Pick<TableState, "q" | "filter">): Record<string, string> {
  const query: Record<string, string> = {};
  if (state.q) query.query = state.q;
  for (const name of filters) {
    const value = state.filter(name);
    if (value) query[name] = `IS:${value}`;
  }
  return query;
}

/** Types of events to filter by, as the log names them. */
export const types = `
  feature-created feature-metadata-updated feature-environment-enabled feature-environment-disabled feature-environment-variants-updated
  feature-strategy-add feature-strategy-update feature-strategy-remove strategy-order-changed feature-project-change
  feature-stale-on feature-stale-off feature-completed feature-uncompleted feature-archived feature-revived feature-deleted
  feature-tagged feature-untagged feature-dependency-added feature-dependency-removed feature-dependencies-removed
  feature-link-added feature-link-updated feature-link-removed feature-type-updated
  segment-created segment-updated segment-deleted context-field-created context-field-updated context-field-deleted
  project-created project-updated project-archived project-revived project-deleted
  project-environment-added project-environment-removed default-strategy-updated
  project-access-added project-access-updated project-access-user-roles-updated project-access-user-roles-deleted
  project-access-group-roles-updated project-access-group-roles-deleted
  environment-created environment-updated environment-deleted
  api-token-created api-token-updated api-token-rotated api-token-disabled api-token-enabled api-token-expiring api-token-revealed
  api-token-deleted api-token-purged pat-created pat-rotated pat-disabled pat-enabled pat-deleted pat-purged
  user-created user-updated user-deleted service-account-created service-account-updated service-account-deleted
  role-created role-updated role-deleted group-created group-updated group-deleted sign-in-refused
  addon-config-created addon-config-updated addon-config-deleted application-created application-deleted
  strategy-created strategy-updated strategy-deprecated strategy-reactivated strategy-deleted
  tag-type-created tag-type-updated tag-type-deleted setting-created setting-updated
`
  .trim()
  .split(/\s+/);

/** "feature strategy update" for people: "Feature strategy update". */
export function typeWords(type: string): string {
  const words = type.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Events by the day on which they happened, in the order in which they come. */
export function byDay(events: Event[]): { day: string; events: Event[] }[] {
  const days: { day: string; events: Event[] }[] = [];
  for (const event of events) {
    const day = new Date(event.createdAt).toDateString();
    const last = days.at(-1);
    if (last?.day === day) last.events.push(event);
    else days.push({ day, events: [event] });
  }
  return days;
}

const long = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });

/** "Today", "Yesterday", "Tuesday, 24 November 2026". */
export function dayWords(day: string, now = new Date()): string {
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (day === now.toDateString()) return "Today";
  return day === yesterday.toDateString() ? "Yesterday" : long.format(new Date(day));
}

const columns = ["id", "time", "who", "did", "type", "project", "environment", "flag", "token", "before", "after"];

/** The events as a table for spreadsheets. */
export function eventsCsv(events: Event[]): string {
  const rows = events.map((e) => [
    String(e.id),
    e.createdAt,
    e.createdBy,
    changeWords(e).did,
    e.type,
    e.project ?? "",
    e.environment ?? "",
    e.featureName ?? "",
    e.tokenId ?? "",
    e.preData ? JSON.stringify(e.preData) : "",
    e.data ? JSON.stringify(e.data) : "",
  ]);
  return [columns, ...rows]
    .map((row) => row.map(cell).join(","))
    .join("\r\n")
    .concat("\r\n");
}

/**
 * A cell of a CSV file (RFC 4180). What a spreadsheet would take for a formula
 * begins with an apostrophe: names in the log come from anybody.
 */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
