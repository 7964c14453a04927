import { expect, test } from "vitest";
import type { Token } from "@/api/queries.tokens";
import { applicationsOf, scopeWords, sdkWords, stateOf } from "./words";

const token = (of: Partial<Token>) => ({ type: "client", projects: ["*"], ...of }) as Token;

test("what a token covers", () => {
  expect(scopeWords(token({}))).toBe("All projects");
  expect(scopeWords(token({ projects: ["shop", "web"] }))).toBe("shop, web");
  expect(scopeWords(token({ projects: [] }))).toBe("Nothing: its projects are deleted");
  expect(scopeWords(token({ type: "admin" }))).toBe("Everything");
  expect(scopeWords(token({ type: "admin", permissions: ["CREATE_FEATURE"] }))).toBe("All projects");
});

test("the state of a token", () => {
  const now = Date.UTC(2026, 0, 1);
  expect(stateOf({ expiresAt: null }, now)).toBe("active");
  expect(stateOf({ expiresAt: "2026-01-05T00:00:00Z", expiresSoon: true }, now)).toBe("expiring");
  expect(stateOf({ expiresAt: "2025-12-31T00:00:00Z" }, now)).toBe("expired");
  expect(stateOf({ expiresAt: "2025-12-31T00:00:00Z", disabledAt: "2025-12-01T00:00:00Z" }, now)).toBe("disabled");
});

test("an SDK for people", () => {
  expect(sdkWords("unleash-client-node:6.1.0")).toBe("unleash-client-node 6.1.0");
  expect(sdkWords("curl/8.5.0")).toBe("curl 8.5.0");
  expect(sdkWords("Mozilla/5.0 (X11)")).toBe("Mozilla 5.0 (X11)");
});

test("the applications of the last hour", () => {
  const user = (appName: string, requestsPerHour: number) => ({ appName, instanceId: "", requestsPerHour });
  expect(applicationsOf([user("shop", 2), user("cart", 9), user("shop", 3), user("old", 0), user("", 1)])).toEqual([
    { name: "cart", requests: 9, instances: 1 },
    { name: "shop", requests: 5, instances: 2 },
    { name: "without a name", requests: 1, instances: 1 },
  ]);
});
