import type { Schema } from "@/api/client";

/** A field of the context with the values it takes in turn. */
export interface ContextField {
  name: string;
  values: string[];
}

/** What is asked of the playground, as the form has it. */
export interface Question {
  environments: string[];
  /** Empty: all. */
  projects: string[];
  /** Empty: all. */
  flags: string[];
  fields: ContextField[];
}

const standard = ["appName", "environment", "userId", "sessionId", "remoteAddress", "currentTime"];
const split = (list: string | undefined) => (list ?? "").split(",").filter(Boolean);

/** The question that an address holds. */
export function questionOf(search: Record<string, string | undefined>): Question {
  return {
    environments: split(search.environments),
    projects: split(search.projects),
    flags: split(search.flags),
    fields: fieldsOf(search.context),
  };
}

function fieldsOf(text: string | undefined): ContextField[] {
  try {
    const held: unknown = JSON.parse(text ?? "{}");
    if (typeof held !== "object" || held === null || Array.isArray(held)) return [];
    return Object.entries(held).map(([name, value]) => ({
      name,
      values: (Array.isArray(value) ? value : [value]).map(String),
    }));
  } catch {
    return [];
  }
}

/** What the address holds of a question, so that it can be shared. */
export function addressOf({ environments, projects, flags, fields }: Question): Record<string, string | undefined> {
  const context = Object.fromEntries(filled(fields).map(({ name, values }) => [name.trim(), values]));
  return {
    environments: environments.join(",") || undefined,
    projects: projects.join(",") || undefined,
    flags: flags.join(",") || undefined,
    context: Object.keys(context).length > 0 ? JSON.stringify(context) : undefined,
  };
}

/** The question as the server takes it. */
export function bodyOf({ environments, projects, flags, fields }: Question): Schema<"AdvancedPlaygroundBody"> {
  const context: Record<string, unknown> = { appName: "burgee-admin" };
  const properties: Record<string, string> = {};
  for (const { name, values } of filled(fields)) {
    if (standard.includes(name.trim())) context[name.trim()] = values.join(",");
    else properties[name.trim()] = values.join(",");
  }
  return {
    environments,
    projects: projects.length > 0 ? projects : "*",
    ...(flags.length > 0 && { features: flags }),
    context: { ...context, properties } as Schema<"AdvancedPlaygroundBody">["context"],
  };
}

const filled = (fields: ContextField[]) => fields.filter(({ name, values }) => name.trim() && values.length > 0);

/** How many contexts the fields stand for. */
export function combinations(fields: ContextField[]): number {
  return filled(fields).reduce((product, { values }) => product * new Set(values).size, 1);
}

/** A context in words: what makes it different from the others. */
export function contextWords(context: Record<string, unknown>): string {
  const told = Object.entries(context)
    .filter(([name]) => name !== "appName" || context.appName !== "burgee-admin")
    .map(([name, value]) => `${name} ${String(value)}`);
  return told.length > 0 ? told.join(", ") : "nothing known of the user";
}
