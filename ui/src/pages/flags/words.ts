/** The stages of a flag's life, in words. */
const stages: Record<string, { name: string; means: string }> = {
  initial: { name: "Defined", means: "Made; no application has asked for it yet" },
  "pre-live": { name: "Developing", means: "Evaluated in an environment that is not for production" },
  live: { name: "Live", means: "Evaluated in production" },
  completed: { name: "Done", means: "Its purpose is fulfilled; the code that asks for it can go" },
  archived: { name: "Archived", means: "No application is given it" },
};

/** A stage for people; undefined for none. */
export function stageWords(stage: string | undefined) {
  return stage === undefined ? undefined : (stages[stage] ?? { name: stage, means: stage });
}

/** All stages that flags which are not archived can be in. */
export const stageOptions = ["initial", "pre-live", "live", "completed"].map((value) => ({
  value,
  label: stages[value]?.name ?? value,
}));
