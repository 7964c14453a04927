import { Skeleton, Stack } from "@mantine/core";
import { useState } from "react";
import type { Schema } from "@/api/client";
import { EnvironmentCard } from "./EnvironmentCard";
import { FlagFacts } from "./FlagFacts";
import classes from "./FlagOverview.module.css";
import { NextSteps } from "./NextSteps";
import { StrategyPanel } from "./StrategyPanel";
import { useFlag } from "./useFlag";

/** Which strategy the panel edits: one of an environment, or a new one there. */
export interface Editing {
  environment: Schema<"FlagEnvironment">;
  strategy?: Schema<"StrategyDetail">;
}

/** A flag's environments with their strategies, and what else is known of it. */
export function FlagOverview() {
  const { data } = useFlag();
  const [editing, setEditing] = useState<Editing>();
  if (!data) return <Skeleton height={240} />;
  return (
    <div className={classes.columns}>
      <Stack gap="md">
        <NextSteps flag={data} />
        {data.environments.map((environment) => (
          <EnvironmentCard
            key={environment.name}
            flag={data}
            environment={environment}
            onEdit={(strategy) => setEditing({ environment, strategy })}
          />
        ))}
      </Stack>
      <FlagFacts flag={data} />
      {editing && <StrategyPanel flag={data} {...editing} onClose={() => setEditing(undefined)} />}
    </div>
  );
}
