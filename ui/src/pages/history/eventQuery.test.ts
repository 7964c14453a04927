import { expect, test } from "vitest";
import { byDay, dayWords, eventQuery, eventsCsv } from "./eventQuery";

const event = (change: object) =>
  ({
    id: 1,
    createdAt: "2026-11-24T12:00:00Z",
    type: "feature-created",
    createdBy: "ada",
    featureName: "demo",
    ...change,
  }) as never;

test("filters of the address become those of the search", () => {
  const held: Record<string, string> = { type: "feature-created", from: "2026-11-01", page: "2" };
  expect(eventQuery({ q: "demo", filter: (name) => held[name] ?? "" })).toEqual({
    query: "demo",
    type: "IS:feature-created",
    from: "IS:2026-11-01",
  });
});

test("events are put under their days", () => {
  const days = byDay([
    event({}),
    event({ createdAt: "2026-11-24T11:00:00Z" }),
    event({ createdAt: "2026-11-22T11:00:00Z" }),
  ]);
  expect(days.map(({ events }) => events.length)).toEqual([2, 1]);
  const now = new Date("2026-11-24T15:00:00");
  expect(dayWords(now.toDateString(), now)).toBe("Today");
  expect(dayWords(new Date("2026-11-23T15:00:00").toDateString(), now)).toBe("Yesterday");
  expect(dayWords(new Date("2026-11-02T15:00:00").toDateString(), now)).toContain("2 November 2026");
});

test("a table keeps commas, quotes and lines, and no formula", () => {
  const [, row] = eventsCsv([event({ createdBy: '=cmd|"x"', featureName: "a,b", data: { name: "x" } })]).split("\r\n");
  expect(row).toBe(
    `1,2026-11-24T12:00:00Z,"'=cmd|""x""","created the flag a,b",feature-created,,,"a,b",,,"{""name"":""x""}"`,
  );
});
