import type { Schema } from "@/api/client";

/** Somebody who has a role, in one place. */
export interface Holder {
  kind: "person" | "service account" | "group";
  id: number;
  name: string;
  project?: string;
}

/** Everybody who has a role, groups first. */
export function holdersOf({ users, serviceAccounts, groups }: Schema<"RoleHolders">): Holder[] {
  return [
    ...groups.map((one): Holder => ({ kind: "group", ...one })),
    ...users.map((one): Holder => ({ kind: "person", ...one })),
    ...serviceAccounts.map((one): Holder => ({ kind: "service account", ...one })),
  ];
}

/** "group, in project web". */
export function placeWords({ kind, project }: Holder): string {
  return `${kind}, ${project ? `in project ${project}` : "on the whole server"}`;
}

/** The page of somebody who has a role. */
export function pageOf({ kind, id }: Holder): string {
  const area = { person: "users", "service account": "service-accounts", group: "groups" }[kind];
  return `/admin/${area}/${id}`;
}
