import { expect, test } from "vitest";
import { byHour, totals } from "./usage";

const count = (timestamp: string, yes: number, no: number, appName = "a") => ({
  timestamp,
  yes,
  no,
  environment: "e",
  appName,
});
const counts = [
  count("2026-01-01T10:00:00Z", 1, 2),
  count("2026-01-01T10:00:00Z", 3, 4, "b"),
  count("2026-01-01T12:00:00Z", 5, 6),
];

test("hours are added up, in order, those without counts too", () => {
  const got = byHour(counts, 4, Date.parse("2026-01-01T12:30:00Z"));
  expect(got.map(({ yes, no }) => [yes, no])).toEqual([
    [0, 0],
    [4, 6],
    [0, 0],
    [5, 6],
  ]);
});

test("totals are by environment and application", () => {
  expect(totals(counts).map(({ appName, yes, no }) => [appName, yes, no])).toEqual([
    ["a", 6, 8],
    ["b", 3, 4],
  ]);
});
