import { Badge, Group, Paper, Stack, Text } from "@mantine/core";
import { IconCheck, IconQuestionMark, IconX } from "@tabler/icons-react";
import type { Schema } from "@/api/client";
import classes from "./Reasons.module.css";
import { audienceWords, constraintWords } from "./words";

type Answer = Schema<"PlaygroundFlag">;
type Strategy = Schema<"PlaygroundStrategy">;
type Verdict = boolean | "unknown";

/** What a flag answers in one environment for one context, and why, in words. */
export function Reasons({ environment, answer }: { environment: string; answer: Answer }) {
  return (
    <Paper withBorder p="md" component="section" aria-label={`${answer.name} in ${environment}`}>
      <Group gap="sm">
        <OnOff on={answer.isEnabled} />
        <Text fw={600} dir="auto">
          {environment}
        </Text>
        {answer.isEnabled && answer.variant.enabled && (
          <Badge variant="light" tt="none">
            variant {answer.variant.name}
          </Badge>
        )}
      </Group>
      <Text size="sm" mt={6}>
        {summary(answer)}
      </Text>
      {answer.strategies.data.length > 0 && (
        <Stack gap={8} mt="sm" component="ol" className={classes.list}>
          {answer.strategies.data.map((strategy) => (
            <li key={strategy.id}>
              <StrategyReason strategy={strategy} />
            </li>
          ))}
        </Stack>
      )}
    </Paper>
  );
}

/** On or off, by word and colour. */
export function OnOff({ on }: { on: boolean }) {
  return (
    <Badge size="lg" tt="none" color={on ? "sea" : "gray"} variant={on ? "filled" : "default"}>
      {on ? "On" : "Off"}
    </Badge>
  );
}

/** Why, in a sentence. */
export function summary(answer: Answer): string {
  if (!answer.isEnabledInCurrentEnvironment) return "It is switched off in this environment.";
  if (answer.hasUnsatisfiedDependency)
    return `It depends on ${answer.unsatisfiedDependencies.join(", ")}, whose answer is not the one it needs.`;
  const { data, result } = answer.strategies;
  if (data.length === 0) return "It is on and has no strategy: on for everybody.";
  if (result === "unknown") return "Only the application can tell: it uses a strategy of its own.";
  const passing = data.findIndex(({ result: { enabled } }) => enabled === true);
  if (passing >= 0)
    return data.length === 1 ? "Its strategy lets this context in." : `Strategy ${passing + 1} lets this context in.`;
  return data.length === 1 ? "Its strategy does not let this context in." : "No strategy lets this context in.";
}

function StrategyReason({ strategy }: { strategy: Strategy }) {
  return (
    <div className={classes.strategy}>
      <Mark verdict={strategy.disabled ? false : (strategy.result.enabled as Verdict)} />
      <div>
        <Text size="sm" fw={600} dir="auto">
          {strategy.title || audienceWords(strategy)}
          {strategy.disabled && " (disabled)"}
        </Text>
        <ul className={classes.checks}>
          {strategy.rollout && <Check verdict={inRollout(strategy.rollout)}>{rolloutWords(strategy.rollout)}</Check>}
          {strategy.segments.map((segment) => (
            <Check key={segment.id} verdict={segment.result}>
              {segment.result ? "is" : "is not"} in the segment {segment.name}
              {!segment.result &&
                segment.constraints.filter((c) => !c.result).map((c) => `: ${constraintWords(c)} does not hold`)}
            </Check>
          ))}
          {strategy.constraints.map((constraint) => (
            <Check key={JSON.stringify(constraint)} verdict={constraint.result}>
              {constraintWords(constraint)}
              {!constraint.result && " does not hold"}
            </Check>
          ))}
        </ul>
      </div>
    </div>
  );
}

type Rollout = NonNullable<Strategy["rollout"]>;

function inRollout({ place, share, stickiness }: Rollout): Verdict {
  if (share >= 100) return true;
  if (stickiness === "random") return share <= 0 ? false : "unknown";
  return place > 0 && place <= share;
}

function rolloutWords({ place, share, stickiness }: Rollout): string {
  if (share >= 100) return "the rollout is 100 %";
  if (stickiness === "random") return `by chance, ${share} % of calls`;
  if (place === 0) return `the rollout goes by ${stickiness}, which this context lacks`;
  return `by ${stickiness} at place ${place} of 100; the rollout reaches ${share}`;
}

function Check({ verdict, children }: { verdict: Verdict; children: React.ReactNode }) {
  return (
    <li className={classes.check} dir="auto">
      <Mark verdict={verdict} small />
      <span>{children}</span>
    </li>
  );
}

function Mark({ verdict, small = false }: { verdict: Verdict; small?: boolean }) {
  const size = small ? 15 : 19;
  const said = verdict === "unknown" ? "cannot be told" : verdict ? "yes" : "no";
  const Icon = verdict === "unknown" ? IconQuestionMark : verdict ? IconCheck : IconX;
  return (
    <span className={classes.mark} data-verdict={String(verdict)}>
      <Icon size={size} aria-hidden />
      <span className="visually-hidden">{said}: </span>
    </span>
  );
}
