import type { QueryKey } from "@tanstack/react-query";
import { answer, api, type Schema } from "@/api/client";

/** What can be done to personal tokens: one's own, or those of a service account. */
export interface PersonalCalls {
  /** Beginnings of query keys that a change makes stale. */
  stale: QueryKey[];
  create: (body: { description: string; expiresAt: string | null }) => Promise<{ secret?: string }>;
  rotate: (id: number, body: Schema<"RotationBody">) => Promise<{ secret?: string }>;
  disable: (id: number, disabled: boolean) => Promise<unknown>;
  revoke: (id: number) => Promise<unknown>;
}

const at = (id: number) => ({ params: { path: { id: String(id) } } });

/** One's own tokens. */
export const ownTokens: PersonalCalls = {
  stale: [["personal-tokens"], ["events"]],
  create: (body) => answer(api.POST("/api/admin/user/tokens", { body })),
  rotate: (id, body) => answer(api.POST("/api/admin/user/tokens/{id}/rotate", { ...at(id), body })),
  disable: (id, disabled) => answer(api.PUT("/api/admin/user/tokens/{id}", { ...at(id), body: { disabled } })),
  revoke: (id) => answer(api.DELETE("/api/admin/user/tokens/{id}", at(id))),
};
