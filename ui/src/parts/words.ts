/*
 * Strategies and constraints in words: for lists, history and the editor.
 */

/** A constraint as the API sends it. */
export interface Constraint {
  contextName: string;
  operator: string;
  inverted?: boolean;
  caseInsensitive?: boolean;
  value?: string;
  values?: string[];
}

interface Operator {
  /** Between the field and its value. */
  is: string;
  isNot: string;
  /** What it takes. */
  takes: "texts" | "number" | "version" | "date" | "networks" | "pattern";
  /** For the list of operators. */
  label: string;
}

/** The operators of constraints, in the order in which the editor offers them. */
export const operators: Record<string, Operator> = {
  IN: { label: "is one of", is: "is one of", isNot: "is none of", takes: "texts" },
  NOT_IN: { label: "is none of", is: "is none of", isNot: "is one of", takes: "texts" },
  STR_CONTAINS: { label: "contains", is: "contains", isNot: "does not contain", takes: "texts" },
  STR_STARTS_WITH: { label: "starts with", is: "starts with", isNot: "does not start with", takes: "texts" },
  STR_ENDS_WITH: { label: "ends with", is: "ends with", isNot: "does not end with", takes: "texts" },
  REGEX: {
    label: "matches the pattern",
    is: "matches the pattern",
    isNot: "does not match the pattern",
    takes: "pattern",
  },
  NUM_EQ: { label: "= number", is: "=", isNot: "≠", takes: "number" },
  NUM_GT: { label: "> number", is: ">", isNot: "is not >", takes: "number" },
  NUM_GTE: { label: "≥ number", is: "≥", isNot: "is not ≥", takes: "number" },
  NUM_LT: { label: "< number", is: "<", isNot: "is not <", takes: "number" },
  NUM_LTE: { label: "≤ number", is: "≤", isNot: "is not ≤", takes: "number" },
  DATE_AFTER: { label: "is after", is: "is after", isNot: "is not after", takes: "date" },
  DATE_BEFORE: { label: "is before", is: "is before", isNot: "is not before", takes: "date" },
  SEMVER_EQ: { label: "= version", is: "is version", isNot: "is not version", takes: "version" },
  SEMVER_GT: { label: "> version", is: "is newer than version", isNot: "is not newer than version", takes: "version" },
  SEMVER_GTE: { label: "≥ version", is: "is version or newer:", isNot: "is older than version", takes: "version" },
  SEMVER_LT: { label: "< version", is: "is older than version", isNot: "is not older than version", takes: "version" },
  SEMVER_LTE: { label: "≤ version", is: "is version or older:", isNot: "is newer than version", takes: "version" },
  IN_CIDR: { label: "is in the network", is: "is in the network", isNot: "is not in the network", takes: "networks" },
};

/** Whether an operator takes a list of values. */
export function takesMany(operator: string): boolean {
  const takes = operators[operator]?.takes;
  return takes === "texts" || takes === "networks";
}

/** "userId is one of 1, 2". */
export function constraintWords(c: Constraint, atMost = 5): string {
  const known = operators[c.operator];
  const verb = known ? (c.inverted ? known.isNot : known.is) : `${c.inverted ? "not " : ""}${c.operator}`;
  const values = takesMany(c.operator) || !c.value ? (c.values ?? []) : [c.value];
  const ignoring = c.caseInsensitive ? " (upper and lower case alike)" : "";
  return `${c.contextName} ${verb} ${listWords(values, atMost)}${ignoring}`;
}

/** "a, b, c and 4 more". */
export function listWords(all: string[], atMost = 5): string {
  if (all.length === 0) return "nothing";
  if (all.length <= atMost) return all.join(", ");
  return `${all.slice(0, atMost).join(", ")} and ${all.length - atMost} more`;
}

/** A strategy as the API sends it; the event log has the same. */
export interface Strategy {
  name: string;
  title?: string | null;
  disabled?: boolean | null;
  parameters?: Record<string, string>;
  constraints?: Constraint[];
  segments?: number[];
  variants?: { name: string; weight: number }[];
}

/** Who a strategy is for, without its constraints: "25 % of users, by userId". */
export function audienceWords(s: Pick<Strategy, "name" | "parameters">): string {
  const parameters = s.parameters ?? {};
  switch (s.name) {
    case "default":
      return "Everybody";
    case "flexibleRollout": {
      const rollout = parameters.rollout ?? "100";
      const by = stickinessWords(parameters.stickiness ?? "default");
      if (rollout === "100") return "Everybody";
      return rollout === "0" ? "Nobody (0 %)" : `${rollout} %, ${by}`;
    }
    case "remoteAddress":
      return `Addresses ${listWords(split(parameters.IPs))}`;
    case "applicationHostname":
      return `Hosts ${listWords(split(parameters.hostNames))}`;
    case "userWithId":
      return `Users ${listWords(split(parameters.userIds))}`;
    default: {
      const told = Object.entries(parameters).map(([name, value]) => `${name} ${value}`);
      return told.length > 0 ? `${s.name}: ${told.join(", ")}` : s.name;
    }
  }
}

/** How users are told apart. */
export function stickinessWords(stickiness: string): string {
  if (stickiness === "default") return "by user, else session";
  if (stickiness === "random") return "by chance at each call";
  return `by ${stickiness}`;
}

/** The values of a parameter that is a list. */
export function split(list: string | undefined): string[] {
  return (list ?? "")
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
}

/** All of a strategy in one sentence; segments by name where they are known. */
export function strategyWords(s: Strategy, segmentName: (id: number) => string = (id) => `segment ${id}`): string {
  const conditions = [
    ...(s.segments ?? []).map((id) => `in ${segmentName(id)}`),
    ...(s.constraints ?? []).map((c) => constraintWords(c)),
  ];
  const variants = s.variants?.length
    ? `; variants ${s.variants.map((v) => `${v.name} ${v.weight / 10} %`).join(", ")}`
    : "";
  const where = conditions.length > 0 ? ` where ${conditions.join(" and ")}` : "";
  return `${s.title ? `${s.title}: ` : ""}${audienceWords(s)}${where}${variants}${s.disabled ? " (disabled)" : ""}`;
}
