import type { QueryKey } from "@tanstack/react-query";
import { answer, api, type Schema } from "@/api/client";

/** What can be done to personal tokens that exist: one's own, those of a service account or of somebody else. */
export interface PersonalCalls {
  /** Beginnings of query keys that a change makes stale. */
  stale: QueryKey[];
  /** Left out where the secret is not for who asks. */
  rotate?: (id: number, body: Schema<"RotationBody">) => Promise<{ secret?: string }>;
  disable: (id: number, disabled: boolean) => Promise<unknown>;
  revoke: (id: number) => Promise<unknown>;
  usage: (id: number) => Promise<Schema<"TokenUsage">>;
}

/** The same, where new ones can be made. */
export interface MakingCalls extends PersonalCalls {
  create: (body: { description: string; expiresAt: string | null }) => Promise<{ secret?: string }>;
}

const at = (id: number) => ({ params: { path: { id: String(id) } } });

/** One's own tokens. */
export const ownTokens: MakingCalls = {
  stale: [["personal-tokens"], ["events"]],
  create: (body) => answer(api.POST("/api/admin/user/tokens", { body })),
  rotate: (id, body) => answer(api.POST("/api/admin/user/tokens/{id}/rotate", { ...at(id), body })),
  disable: (id, disabled) => answer(api.PUT("/api/admin/user/tokens/{id}", { ...at(id), body: { disabled } })),
  revoke: (id) => answer(api.DELETE("/api/admin/user/tokens/{id}", at(id))),
  usage: (id) => answer(api.GET("/api/admin/user/tokens/{id}/usage", at(id))),
};
