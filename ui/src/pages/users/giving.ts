import type { Schema } from "@/api/client";

/** A role that is held, with what it gives. */
export type Held = Schema<"HeldRole"> & { permissions: Schema<"PermissionInfo">[] };

/** In which project the root roles that work on flags do so. */
const defaultProject = "default";

/** Which of the roles that are held give a permission, on the server without a project. */
export function givers(held: Held[], permission: string, project: string, environment: string): Held[] {
  return held.filter(({ project: where, permissions }) =>
    permissions.some((given) => {
      if (given.name === "ADMIN") return true;
      if (given.name !== permission) return false;
      if (given.environment && given.environment !== environment) return false;
      if (given.type === "root") return where === undefined;
      return where === undefined ? project === defaultProject : where === project;
    }),
  );
}

type Listed = Schema<"PermissionInfo">;

/** Permissions under what they are about, in the order of the server. */
export function byCategory<P extends Listed>(list: P[], known?: Schema<"PermissionGroups">): [string, P[]][] {
  const all = known ? [...known.root, ...known.project, ...(known.environments[0]?.permissions ?? [])] : [];
  const categories = new Map(all.map(({ name, category }) => [name, category ?? ""]));
  const groups = new Map<string, P[]>();
  for (const one of list) {
    const category = one.category ?? categories.get(one.name) ?? "";
    groups.set(category, [...(groups.get(category) ?? []), one]);
  }
  return [...groups];
}
