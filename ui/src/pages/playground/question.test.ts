import { expect, test } from "vitest";
import { addressOf, bodyOf, combinations, contextWords, questionOf } from "./question";

const question = {
  environments: ["development", "production"],
  projects: ["shop"],
  flags: [],
  fields: [
    { name: "userId", values: ["1", "2"] },
    { name: "plan", values: ["pro"] },
    { name: "", values: ["lost"] },
    { name: "empty", values: [] },
  ],
};

test("what the address holds is the same question", () => {
  const read = questionOf(addressOf(question));
  expect(read).toEqual({ ...question, fields: question.fields.slice(0, 2) });
});

test("an address that somebody damaged is a question without a context", () => {
  for (const context of ["{", "[1]", "null", '"x"']) expect(questionOf({ context }).fields).toEqual([]);
});

test("fields that SDKs know are fields, others properties, several values separated by commas", () => {
  expect(bodyOf(question)).toEqual({
    environments: ["development", "production"],
    projects: ["shop"],
    context: { appName: "burgee-admin", userId: "1,2", properties: { plan: "pro" } },
  });
  expect(bodyOf({ environments: ["x"], projects: [], flags: ["f"], fields: [] })).toMatchObject({
    projects: "*",
    features: ["f"],
  });
});

test("combinations are counted as the server does", () => {
  expect(combinations(question.fields)).toBe(2);
  expect(combinations([...question.fields, { name: "country", values: ["NO", "SE", "NO"] }])).toBe(4);
  expect(combinations([])).toBe(1);
});

test("a context in words", () => {
  expect(contextWords({ appName: "burgee-admin", userId: "7", plan: "pro" })).toBe("userId 7, plan pro");
  expect(contextWords({ appName: "burgee-admin" })).toBe("nothing known of the user");
});
