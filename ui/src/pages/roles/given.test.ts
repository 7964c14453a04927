import { expect, test } from "vitest";
import { countWords, givenBy, keyOf, permissionBodies, withKeys } from "./given";

const name = "UPDATE_FEATURE_ENVIRONMENT";

test("a role goes to the editor and back as it was", () => {
  const permission = { id: 1, displayName: "", type: "environment" as const };
  const given = givenBy({
    id: 100,
    name: "r",
    type: "custom",
    description: "",
    permissions: [
      { ...permission, name: "CREATE_FEATURE" },
      { ...permission, name, environment: "development" },
    ],
  });
  expect(permissionBodies(given)).toEqual([{ name: "CREATE_FEATURE" }, { name, environment: "development" }]);
  expect(countWords(given)).toBe("2 permissions");
});

test("what holds everywhere is not sent for one environment too", () => {
  const given = withKeys(new Set([keyOf(name, "development")]), [name], true);
  expect(permissionBodies(given)).toEqual([{ name }]);
  expect(countWords(given)).toBe("1 permission");
  expect(permissionBodies(withKeys(given, [name], false))).toEqual([{ name, environment: "development" }]);
  expect(countWords(new Set())).toBe("No permissions");
});
