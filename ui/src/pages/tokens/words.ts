import type { Token } from "@/api/queries.tokens";

export type Kind = "client" | "frontend" | "admin" | "personal";

/** The kind of a token; backend is an older name of client. */
export function kindOf(t: Pick<Token, "type">): Kind {
  return t.type === "backend" ? "client" : t.type;
}

/** Kinds, for people. */
export const kinds: Record<Kind, { name: string; plural: string; about: string }> = {
  client: {
    name: "Client",
    plural: "client tokens",
    about: "For SDKs on servers: downloads every flag of its projects in one environment. Keep it secret.",
  },
  frontend: {
    name: "Front-end",
    plural: "front-end tokens",
    about: "For browsers and phones: gets answers for one user at a time. It may be seen by everybody.",
  },
  admin: {
    name: "Admin",
    plural: "admin tokens",
    about: "For automation: opens the Admin API, all of it or a scope. Keep it secret.",
  },
  personal: {
    name: "Personal",
    plural: "personal tokens",
    about: "Opens the Admin API with the rights that its owner has at the moment.",
  },
};

/** What a token covers, for people. */
export function scopeWords(t: Token): string {
  if (t.type === "admin" && !narrowed(t)) return "Everything";
  if (t.projects.includes("*")) return "All projects";
  return t.projects.length === 0 ? "Nothing: its projects are deleted" : t.projects.join(", ");
}

/** Whether an admin token has a scope. */
export function narrowed(t: Token): boolean {
  return Boolean(t.permissions?.length || t.environments?.length || !t.projects.includes("*"));
}

export type State = "active" | "expiring" | "expired" | "disabled";

/** What of a token people must know at once. */
export function stateOf(t: Pick<Token, "expiresAt" | "expiresSoon" | "disabledAt">, now = Date.now()): State {
  if (t.disabledAt) return "disabled";
  if (t.expiresAt && new Date(t.expiresAt).getTime() <= now) return "expired";
  return t.expiresSoon ? "expiring" : "active";
}

/** An SDK as people read it: "unleash-client-node:6.1.0" is "unleash-client-node 6.1.0". */
export function sdkWords(sdk: string): string {
  return sdk.replace(/[:/](?=v?\d)/, " ");
}

interface User {
  appName: string;
  instanceId: string;
  requestsPerHour: number;
}

/** The applications among the users of secrets that asked for anything in the last hour, the busiest first. */
export function applicationsOf(users: User[]): { name: string; requests: number; instances: number }[] {
  const all = new Map<string, { name: string; requests: number; instances: number }>();
  for (const { appName, requestsPerHour } of users) {
    if (requestsPerHour === 0) continue;
    const name = appName || "without a name";
    const one = all.get(name) ?? { name, requests: 0, instances: 0 };
    all.set(name, { name, requests: one.requests + requestsPerHour, instances: one.instances + 1 });
  }
  return [...all.values()].sort((a, b) => b.requests - a.requests);
}

/** "1 application", "3 applications". */
export function counted(n: number, what: string): string {
  return `${n.toLocaleString("en")} ${what}${n === 1 ? "" : "s"}`;
}
