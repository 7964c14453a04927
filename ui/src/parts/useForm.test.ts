import { expect, test } from "vitest";
import { ApiError } from "@/api/error";
import { atField, errorAt } from "./useForm";

const refused = new ApiError(400, {
  message: "no",
  details: [
    { message: "name must not be empty", path: "/body/name" },
    { message: "value is not a number", path: "/body/constraints/2/value" },
  ],
});

test("the sentence of the server is at the field that its path names", () => {
  expect(errorAt(refused, "/body/name")).toBe("Name must not be empty");
  expect(errorAt(refused, "/body/constraints")).toBe("Value is not a number");
  expect(errorAt(refused, "/body/constraints/2/value")).toBe("Value is not a number");
  expect(errorAt(refused, "/body/constraints/1")).toBeUndefined();
  expect(errorAt(new Error("x"), "/body/name")).toBeUndefined();
  expect(atField(refused)).toBe(true);
  expect(atField(new ApiError(409, { message: "taken", details: [{ message: "taken" }] }))).toBe(false);
});
