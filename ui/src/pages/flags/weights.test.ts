import { expect, test } from "vitest";
import { shareOut, whole } from "./weights";

const v = (weight: number, fixed = false) => ({ weight, fixed });

const cases: { name: string; in: ReturnType<typeof v>[]; want: number[] }[] = [
  { name: "none", in: [], want: [] },
  { name: "one", in: [v(0)], want: [1000] },
  { name: "three share", in: [v(0), v(0), v(0)], want: [334, 333, 333] },
  { name: "a fixed one first", in: [v(250, true), v(0), v(0)], want: [250, 375, 375] },
  { name: "too much is cut, later ones first", in: [v(800, true), v(700, true), v(0)], want: [800, 200, 0] },
  { name: "all fixed: the last takes the rest", in: [v(300, true), v(300, true)], want: [300, 700] },
  { name: "less than nothing", in: [v(-5, true), v(0)], want: [0, 1000] },
];

for (const { name, in: given, want } of cases) {
  test(name, () => {
    const got = shareOut(given).map(({ weight }) => weight);
    expect(got).toEqual(want);
    expect(got.reduce((sum, weight) => sum + weight, 0)).toBe(given.length === 0 ? 0 : whole);
  });
}
