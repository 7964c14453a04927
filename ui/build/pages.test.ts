import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(join(import.meta.dirname, "..", path), "utf8");

test("the server answers with the app at the first segment of every route", () => {
  const served = new Set([...read("handler.go").matchAll(/"(\/[a-z-]+)"/g)].map((found) => found[1]));
  // A route below another page, such as /logs of a project, is under the segment of that page.
  const routes = [
    ...read("src/routes.tsx").matchAll(/getParentRoute: \(\) => (root|shell),\s+path: "(\/[^/"$]+)/g),
  ].map((found) => found[2]);
  expect(routes.length).toBeGreaterThan(4);
  expect(routes.filter((first) => !served.has(first))).toEqual([]);
});
