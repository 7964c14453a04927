import { expect, test } from "vitest";
import { changeWords } from "./changes";

const base = {
  id: 1,
  createdAt: "",
  createdBy: "ann",
  createdByUserId: 1,
  tokenId: null,
  ip: "",
  project: "p",
  environment: "production",
  featureName: "demo",
  tags: [],
  label: "",
  summary: "",
  groupType: "",
  groupId: "",
};
const strategy = {
  name: "flexibleRollout",
  parameters: { rollout: "25", stickiness: "userId" },
  constraints: [{ contextName: "plan", operator: "IN", values: ["pro"] }],
  segments: [7],
  variants: [],
};

const cases: { name: string; event: object; did: string; differences: object[] }[] = [
  {
    name: "a switch",
    event: { type: "feature-environment-enabled", data: { enabled: true }, preData: { enabled: false } },
    did: "switched on demo in production",
    differences: [],
  },
  {
    name: "a strategy, before and after",
    event: {
      type: "feature-strategy-update",
      data: { ...strategy, parameters: { rollout: "50", stickiness: "userId" } },
      preData: strategy,
    },
    did: "changed a strategy of demo in production",
    differences: [
      {
        what: "strategy",
        before: "25 %, by userId where in beta and plan is one of pro",
        after: "50 %, by userId where in beta and plan is one of pro",
      },
    ],
  },
  {
    name: "fields",
    event: {
      type: "feature-metadata-updated",
      environment: null,
      data: { description: "new", impressionData: true },
      preData: { description: null, impressionData: false },
    },
    did: "changed demo",
    differences: [
      { what: "description", before: undefined, after: "new" },
      { what: "impression data", before: "no", after: "yes" },
    ],
  },
  {
    name: "an unknown type",
    event: { type: "moon-landing", data: null, preData: null },
    did: "moon landing: demo in production",
    differences: [],
  },
];

for (const { name, event, did, differences } of cases) {
  test(name, () => {
    expect(changeWords({ ...base, ...event } as never, () => "beta")).toEqual({ did, differences });
  });
}
