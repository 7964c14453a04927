import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import type { Token } from "@/api/queries.tokens";
import { tokens } from "@/api/queries.tokens";
import type { Place } from "@/parts/allows";
import { type Kind, kindOf } from "./words";

/** The token of the address, read among those of the project when the address names one. */
export function useToken() {
  const { tokenId, projectId: project } = useParams({ strict: false }) as { tokenId: string; projectId?: string };
  const { data, error, isPending } = useQuery({
    ...tokens(project),
    select: (list) => list.tokens.find(({ id }) => id === tokenId) ?? null,
  });
  return { tokenId, project, token: data ?? undefined, error, isPending };
}

const onServer: Record<Kind, string | undefined> = {
  client: "CLIENT_API_TOKEN",
  frontend: "FRONTEND_API_TOKEN",
  admin: undefined,
  personal: undefined,
};

/**
 * What is needed to do something to a token: the right for its kind on the
 * server, or the one for tokens in each project that it covers. Hand it to
 * Allowed and RowMenu.
 */
export function needed(
  verb: "UPDATE" | "DELETE",
  t: Token,
  can: (to: string, place: Place) => boolean,
): { to: string | string[]; project?: string } {
  const kind = onServer[kindOf(t)];
  if (!kind) return { to: "ADMIN" };
  if (t.projects.includes("*") || t.projects.length === 0) return { to: `${verb}_${kind}` };
  const inProject = `${verb}_PROJECT_API_TOKEN`;
  const lacking = t.projects.find((project) => !can(inProject, { project }));
  return { to: [`${verb}_${kind}`, inProject], project: lacking ?? t.projects[0] };
}
