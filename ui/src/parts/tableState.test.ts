import { expect, test } from "vitest";
import { localRows } from "./tableState";

const all = [
  { n: "b", x: 2 },
  { n: "a", x: 10 },
  { n: "c", x: 1 },
];
const by = { text: (r: { n: string }) => [r.n], by: { x: (r: { x: number }) => r.x, n: (r: { n: string }) => r.n } };
const state = { q: "", sort: "x", order: "asc" as const, page: 1, size: 2 };

test("rows are sorted, searched and paged", () => {
  expect(localRows(all, state, by)).toEqual({ rows: [all[2], all[0]], total: 3 });
  expect(localRows(all, { ...state, order: "desc", page: 2 }, by)).toEqual({ rows: [all[2]], total: 3 });
  expect(localRows(all, { ...state, q: "B" }, by)).toEqual({ rows: [all[0]], total: 1 });
});
