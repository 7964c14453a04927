import type { Schema } from "@/api/client";

/** What a role gives, as a set of "PERMISSION" and "PERMISSION in environment". */
export type Given = ReadonlySet<string>;

const between = " in ";

/** The key of a permission, everywhere or in one environment. */
export const keyOf = (permission: string, environment = "") =>
  environment ? permission + between + environment : permission;

/** What a role of the server gives. */
export const givenBy = (role?: Schema<"RoleDetail">): Given =>
  new Set(role?.permissions.map(({ name, environment }) => keyOf(name, environment)));

/** What the server takes of it. A permission everywhere makes the same in one environment superfluous. */
export function permissionBodies(given: Given): Schema<"RolePermissionBody">[] {
  return [...given]
    .map((key) => key.split(between))
    .filter(([name = "", environment]) => !environment || !given.has(name))
    .map(([name = "", environment]) => (environment ? { name, environment } : { name }));
}

/** The same with some keys given or taken. */
export function withKeys(given: Given, keys: string[], on: boolean): Given {
  const next = new Set(given);
  for (const key of keys) {
    if (on) next.add(key);
    else next.delete(key);
  }
  return next;
}

/** How many permissions a role gives, for people. */
export function countWords(given: Given): string {
  const n = new Set([...given].map((key) => key.split(between)[0])).size;
  return n === 1 ? "1 permission" : `${n || "No"} permissions`;
}
