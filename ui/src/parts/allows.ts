/** Where a permission is needed: nothing for the whole server. */
export interface Place {
  project?: string;
  environment?: string;
}

interface Granted {
  permission: string;
  project?: string;
  environment?: string;
}

/** Whether what is granted has one of the permissions at a place, by the rules of docs/access.md. */
export function allows(granted: Granted[], needed: string | string[], place: Place = {}): boolean {
  const names = typeof needed === "string" ? [needed] : needed;
  return granted.some(
    (g) =>
      g.permission === "ADMIN" ||
      (names.includes(g.permission) &&
        (!g.project || g.project === "*" || g.project === place.project) &&
        (!g.environment || g.environment === place.environment)),
  );
}
