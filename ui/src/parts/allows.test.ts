import { expect, test } from "vitest";
import { allows } from "./allows";

const cases: {
  name: string;
  granted: Parameters<typeof allows>[0];
  place?: Parameters<typeof allows>[2];
  want: boolean;
}[] = [
  { name: "nothing granted", granted: [], want: false },
  { name: "an administrator", granted: [{ permission: "ADMIN" }], place: { project: "a" }, want: true },
  { name: "on the server", granted: [{ permission: "P" }], place: { project: "a" }, want: true },
  { name: "in every project", granted: [{ permission: "P", project: "*" }], place: { project: "a" }, want: true },
  {
    name: "in this project",
    granted: [{ permission: "P", project: "a" }],
    place: { project: "a", environment: "e" },
    want: true,
  },
  { name: "in another project", granted: [{ permission: "P", project: "b" }], place: { project: "a" }, want: false },
  {
    name: "in another environment",
    granted: [{ permission: "P", project: "a", environment: "f" }],
    place: { project: "a", environment: "e" },
    want: false,
  },
  { name: "one of several", granted: [{ permission: "Q" }], want: true },
];

for (const { name, granted, place, want } of cases) {
  test(name, () => expect(allows(granted, ["P", "Q"], place)).toBe(want));
}
