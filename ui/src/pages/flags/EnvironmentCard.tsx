import { Badge, Button, Group, Paper, Text, Title } from "@mantine/core";
import { IconPlus, IconShieldCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import type { Schema } from "@/api/client";
import { flagUsage } from "@/api/queries";
import { Ago } from "@/parts/Ago";
import { Allowed } from "@/parts/Allowed";
import { audienceWords } from "@/parts/words";
import classes from "./FlagOverview.module.css";
import { FlagSwitch } from "./FlagSwitch";
import { StrategyItem } from "./StrategyItem";
import { VariantBar } from "./VariantBar";
import { VariantsPanel } from "./VariantsPanel";

interface Props {
  flag: Schema<"FlagDetail">;
  environment: Schema<"FlagEnvironment">;
  onEdit: (strategy?: Schema<"StrategyDetail">) => void;
}

/** One environment of a flag: its switch, who it is on for, and how often it was asked for. */
export function EnvironmentCard({ flag, environment, onEdit }: Props) {
  const { strategies } = environment;
  const [variants, setVariants] = useState(false);
  const ordered = [...strategies].sort((a, b) => (a.sortOrder ?? 0) - (b.sortOrder ?? 0));
  return (
    <Paper component="section" withBorder p="md" aria-label={environment.name}>
      <div className={classes.top}>
        <FlagSwitch
          size="md"
          projectId={flag.project}
          featureName={flag.name}
          environment={environment.name}
          enabled={environment.enabled}
        />
        <div className={classes.name}>
          <Group gap={8}>
            <Title order={2} dir="auto">
              {environment.name}
            </Title>
            {environment.type === "production" && environment.name !== "production" && (
              <Badge size="sm" variant="light" tt="none" leftSection={<IconShieldCheck size={12} aria-hidden />}>
                production
              </Badge>
            )}
          </Group>
          <Text size="sm" c="dimmed">
            {stateWords(environment)} <LastHour flag={flag.name} environment={environment} />
          </Text>
        </div>
        <Allowed to="CREATE_FEATURE_STRATEGY" project={flag.project} environment={environment.name}>
          <Button
            variant="light"
            size="xs"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => onEdit()}
            aria-label={`Add strategy in ${environment.name}`}
          >
            Add strategy
          </Button>
        </Allowed>
      </div>
      {ordered.length > 0 && (
        <ol className={classes.strategies}>
          {ordered.map((strategy, index) => (
            <Fragment key={strategy.id}>
              {index > 0 && (
                <li className={classes.or} aria-hidden>
                  or
                </li>
              )}
              <StrategyItem
                flag={flag}
                environment={environment}
                strategies={ordered}
                index={index}
                onEdit={() => onEdit(strategy)}
              />
            </Fragment>
          ))}
        </ol>
      )}
      {environment.variants.length > 0 && (
        <div style={{ marginTop: 14 }}>
          <Group gap="xs">
            <Text size="sm" fw={600}>
              Variants, where a strategy has none
            </Text>
            <Allowed
              to={["UPDATE_FEATURE_ENVIRONMENT_VARIANTS", "UPDATE_FEATURE_VARIANTS"]}
              project={flag.project}
              environment={environment.name}
            >
              <Button
                variant="subtle"
                size="compact-xs"
                onClick={() => setVariants(true)}
                aria-label={`Edit variants in ${environment.name}`}
              >
                Edit
              </Button>
            </Allowed>
          </Group>
          <VariantBar variants={environment.variants} />
        </div>
      )}
      {variants && <VariantsPanel flag={flag} environment={environment} onClose={() => setVariants(false)} />}
    </Paper>
  );
}

/** What an environment does with a flag, in a sentence. */
function stateWords({ enabled, strategies }: Schema<"FlagEnvironment">): string {
  if (!enabled) return strategies.length > 0 ? "Off for everybody, whatever its strategies say." : "Off for everybody.";
  const active = strategies.filter((one) => !one.disabled);
  if (strategies.length === 0 || active.some(forEverybody)) return "On for everybody.";
  return active.length > 0 ? "On for those whom a strategy lets in." : "All strategies are disabled.";
}

function forEverybody(strategy: Schema<"StrategyDetail">): boolean {
  return audienceWords(strategy) === "Everybody" && strategy.constraints.length === 0 && strategy.segments.length === 0;
}

function LastHour({ flag, environment }: { flag: string; environment: Schema<"FlagEnvironment"> }) {
  const { data } = useQuery(flagUsage(flag));
  const hour = data?.lastHourUsage.filter((usage) => usage.environment === environment.name) ?? [];
  const yes = hour.reduce((sum, usage) => sum + usage.yes, 0);
  const no = hour.reduce((sum, usage) => sum + usage.no, 0);
  if (yes + no > 0) {
    return (
      <>
        Last hour: {yes.toLocaleString("en")} yes, {no.toLocaleString("en")} no.
      </>
    );
  }
  return environment.lastSeenAt ? (
    <>
      Asked for <Ago time={environment.lastSeenAt} />.
    </>
  ) : (
    <>No application has asked for it here.</>
  );
}
