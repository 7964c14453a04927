import { expect, test } from "vitest";
import { byCategory, givers, type Held } from "./giving";

const permission = (name: string, type: "root" | "project" | "environment", environment?: string) => ({
  id: 1,
  name,
  displayName: name,
  type,
  ...(environment && { environment }),
});
const role = (id: number, permissions: Held["permissions"], project?: string): Held => ({
  role: { id, name: `role ${id}`, type: "custom" },
  permissions,
  ...(project && { project }),
});

test("who gives a permission depends on where it is asked about", () => {
  const editor = role(2, [permission("CREATE_PROJECT", "root"), permission("CREATE_FEATURE", "project")]);
  const owner = role(4, [permission("CREATE_FEATURE", "project")], "web");
  const held = [editor, owner];
  const ids = (name: string, project: string) => givers(held, name, project, "").map((one) => one.role.id);
  expect(ids("CREATE_PROJECT", "")).toEqual([2]);
  expect(ids("CREATE_FEATURE", "web")).toEqual([4]);
  expect(ids("CREATE_FEATURE", "default")).toEqual([2]);
  expect(ids("CREATE_FEATURE", "app")).toEqual([]);
});

test("a permission of one environment holds there alone, and ADMIN everywhere", () => {
  const name = "UPDATE_FEATURE_ENVIRONMENT";
  const switcher = role(100, [permission(name, "environment", "development")], "web");
  const admin = role(1, [permission("ADMIN", "root")]);
  expect(givers([switcher], name, "web", "development")).toHaveLength(1);
  expect(givers([switcher], name, "web", "production")).toHaveLength(0);
  expect(givers([switcher, admin], name, "web", "production")).toEqual([admin]);
});

test("permissions are listed under what they are about", () => {
  const list = [permission("A", "root"), permission("B", "root"), permission("C", "root")];
  const root = list.map((one) => ({ ...one, category: one.name === "B" ? "two" : "one" }));
  const groups = byCategory(list, { root, project: [], environments: [] });
  expect(groups.map(([category, all]) => [category, all.length])).toEqual([
    ["one", 2],
    ["two", 1],
  ]);
});
