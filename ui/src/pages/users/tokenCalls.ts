import { answer, api } from "@/api/client";
import type { MakingCalls, PersonalCalls } from "../tokens/personal";

/** What can be done to the tokens of a service account. */
export function serviceCalls(account: string): MakingCalls {
  const of = { params: { path: { id: account } } };
  const at = (token: number) => ({ params: { path: { id: account, tokenId: String(token) } } });
  return {
    stale: [["people"], ["events"]],
    create: (body) => answer(api.POST("/api/admin/service-account/{id}/token", { ...of, body })),
    rotate: (token, body) =>
      answer(api.POST("/api/admin/service-account/{id}/token/{tokenId}/rotate", { ...at(token), body })),
    disable: (token, disabled) =>
      answer(api.PUT("/api/admin/service-account/{id}/token/{tokenId}", { ...at(token), body: { disabled } })),
    revoke: (token) => answer(api.DELETE("/api/admin/service-account/{id}/token/{tokenId}", at(token))),
    usage: (token) => answer(api.GET("/api/admin/service-account/{id}/token/{tokenId}/usage", { ...at(token) })),
  };
}

/** What an administrator can do to the personal tokens of somebody else: no secret of theirs is ever seen. */
export function personCalls(person: string): PersonalCalls {
  const at = (token: number) => ({ params: { path: { id: person, tokenId: String(token) } } });
  return {
    stale: [["people"], ["events"]],
    disable: (token, disabled) =>
      answer(api.PUT("/api/admin/user-admin/{id}/tokens/{tokenId}", { ...at(token), body: { disabled } })),
    revoke: (token) => answer(api.DELETE("/api/admin/user-admin/{id}/tokens/{tokenId}", at(token))),
    usage: (token) => answer(api.GET("/api/admin/user-admin/{id}/tokens/{tokenId}/usage", { ...at(token) })),
  };
}
