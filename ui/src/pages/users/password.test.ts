import { expect, test } from "vitest";
import { newPassword } from "./password";

test("a password by chance keeps the rules, and is another each time", () => {
  const made = Array.from({ length: 50 }, newPassword);
  for (const one of made) {
    expect(one).toMatch(/^(\w{5}-){3}\w{5}$/);
    expect(one).toMatch(/[a-z]/);
    expect(one).toMatch(/[A-Z]/);
    expect(one).toMatch(/\d/);
  }
  expect(new Set(made).size).toBe(50);
});
