import { Switch } from "@mantine/core";
import { Allowed } from "@/parts/Allowed";
import { type SwitchPlace, useFlagSwitch } from "./useFlagSwitch";

interface Props extends SwitchPlace {
  enabled: boolean;
  size?: "sm" | "md";
}

/** One flag in one environment: on or off. */
export function FlagSwitch({ enabled, size = "sm", ...place }: Props) {
  const change = useFlagSwitch(place);
  const on = change.isPending ? change.variables : enabled;
  return (
    <Allowed to="UPDATE_FEATURE_ENVIRONMENT" project={place.projectId} environment={place.environment}>
      <Switch
        size={size}
        checked={on}
        onChange={(event) => change.mutate(event.currentTarget.checked)}
        aria-label={`${place.featureName} in ${place.environment}`}
        styles={{ root: { display: "inline-flex" } }}
      />
    </Allowed>
  );
}
