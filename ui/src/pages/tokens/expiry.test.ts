import { expect, test } from "vitest";
import { firstExpiry, instantOf, policyWords, presets } from "./expiry";

const free = { defaultDays: 0, maxDays: 0, requireExpiry: false };
const now = Date.UTC(2026, 10, 27);

test("an expiry becomes an instant", () => {
  expect(instantOf("never", now)).toBeNull();
  expect(instantOf({ days: 90 }, now)).toBe("2027-02-24T23:59:00.000Z");
  expect(instantOf({ date: "2030-01-31" }, now)).toBe(new Date("2030-01-31T23:59:59").toISOString());
  expect(instantOf({ date: "soon" }, now), "what is no date goes to the server, which says so").toBe("soon");
});

test("a policy takes away what it forbids", () => {
  const offered = (policy: typeof free) =>
    presets(policy)
      .filter(({ allowed }) => allowed)
      .map(({ label }) => label);
  expect(offered(free)).toEqual(["30 days", "90 days", "1 year", "Never"]);
  expect(offered({ ...free, requireExpiry: true })).toEqual(["30 days", "90 days", "1 year"]);
  expect(offered({ ...free, maxDays: 60 })).toEqual(["30 days", "60 days"]);
  expect(offered({ ...free, defaultDays: 7 })).toEqual(["7 days", "30 days", "90 days", "1 year", "Never"]);
});

test("what is chosen at first keeps the policy", () => {
  expect(firstExpiry(free, 90)).toEqual({ days: 90 });
  expect(firstExpiry(undefined, 90)).toEqual({ days: 90 });
  expect(firstExpiry({ ...free, maxDays: 30 }, 90)).toEqual({ days: 30 });
  expect(firstExpiry({ ...free, maxDays: 30, defaultDays: 10 }, 90)).toEqual({ days: 10 });
});

test("a policy in words", () => {
  expect(policyWords(free, "client tokens")).toBe("");
  expect(policyWords({ ...free, maxDays: 365 }, "client tokens")).toBe(
    "By the policy of this server client tokens live 1 year at most.",
  );
});
