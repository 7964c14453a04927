import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(join(import.meta.dirname, "..", path), "utf8");

test("the server answers with the app at the first segment of every route", () => {
  const served = new Set([...read("handler.go").matchAll(/"(\/[a-z-]+)"/g)].map((found) => found[1]));
  const routes = [...read("src/routes.tsx").matchAll(/path: "(\/[^/"$]+)/g)].map((found) => found[1]);
  expect(routes.length).toBeGreaterThan(4);
  expect(routes.filter((first) => !served.has(first))).toEqual([]);
});
