import type { Schema } from "@/api/client";
import { takesMany } from "@/parts/words";
import type { DraftVariant } from "./weights";

/** A constraint in the editor. */
export interface DraftConstraint {
  key: number;
  contextName: string;
  operator: string;
  inverted: boolean;
  caseInsensitive: boolean;
  values: string[];
  value: string;
}

/** A strategy in the editor. */
export interface Draft {
  name: string;
  title: string;
  disabled: boolean;
  parameters: Record<string, string>;
  segments: number[];
  constraints: DraftConstraint[];
  variants: DraftVariant[];
}

/** The next key of something in a list of the editor. */
export function nextKey(list: { key: number }[]): number {
  return Math.max(0, ...list.map(({ key }) => key)) + 1;
}

/** What of a strategy of the server is edited. */
type Known = Omit<Schema<"DefaultStrategy">, "title"> & { title?: string | null };

/** A strategy of the server, for the editor. */
export function draftOf(strategy: Known): Draft {
  return {
    name: strategy.name,
    title: strategy.title ?? "",
    disabled: strategy.disabled ?? false,
    parameters: { ...strategy.parameters },
    segments: [...strategy.segments],
    constraints: draftConstraints(strategy.constraints),
    variants: draftVariants(strategy.variants),
  };
}

/** What a new strategy begins as: the default strategy of its place, or everybody with the stickiness of its project. */
export type FirstStrategy = Schema<"DefaultStrategy"> | { stickiness: string };

/** A new strategy, for the editor. */
export function firstDraft(first: FirstStrategy = { stickiness: "default" }): Draft {
  if (!("stickiness" in first)) return draftOf(first);
  return {
    name: "flexibleRollout",
    title: "",
    disabled: false,
    parameters: { rollout: "100", stickiness: first.stickiness },
    segments: [],
    constraints: [],
    variants: [],
  };
}

/** Variants of the server, for the editor. */
export function draftVariants(variants: Schema<"Variant">[]): DraftVariant[] {
  return variants.map((v, key) => ({
    key,
    name: v.name,
    weight: v.weight,
    fixed: v.weightType === "fix",
    payloadType: v.payload?.type ?? "",
    payload: v.payload?.value ?? "",
  }));
}

/** What the server takes of variants in the editor. */
export function variantBodies(variants: DraftVariant[], stickiness: string): Schema<"StrategyVariantBody">[] {
  return variants.map((v) => ({
    name: v.name,
    weight: v.weight,
    weightType: v.fixed ? ("fix" as const) : ("variable" as const),
    stickiness,
    ...(v.payloadType && { payload: { type: v.payloadType as "string", value: v.payload } }),
  }));
}

/** Constraints of the server, for the editor. */
export function draftConstraints(constraints: Schema<"Constraint">[]): DraftConstraint[] {
  return constraints.map((c, key) => ({
    key,
    contextName: c.contextName,
    operator: c.operator,
    inverted: c.inverted ?? false,
    caseInsensitive: c.caseInsensitive ?? false,
    values: c.values ?? [],
    value: c.value ?? "",
  }));
}

/** What the server takes of a constraint. */
export function constraintBody(c: DraftConstraint): Schema<"ConstraintBody"> {
  const held = takesMany(c.operator) ? { values: c.values } : { value: c.value };
  return {
    contextName: c.contextName,
    operator: c.operator,
    inverted: c.inverted,
    caseInsensitive: c.caseInsensitive,
    ...held,
  };
}

/** What the server takes of a strategy in the editor. */
export function draftBody(draft: Draft): Schema<"StrategyBody"> {
  const stickiness = draft.parameters.stickiness ?? "default";
  return {
    name: draft.name,
    title: draft.title,
    disabled: draft.disabled,
    parameters: draft.parameters,
    segments: draft.segments,
    constraints: draft.constraints.map(constraintBody),
    variants: variantBodies(draft.variants, stickiness),
  };
}

/** What the server takes of a strategy that it has sent, for a copy of it. */
export function bodyOf(strategy: Schema<"StrategyDetail">): Schema<"StrategyBody"> {
  return draftBody(draftOf(strategy));
}
