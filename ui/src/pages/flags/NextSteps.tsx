import { Button } from "@mantine/core";
import type { Schema } from "@/api/client";
import { Allowed } from "@/parts/Allowed";
import { Steps } from "@/parts/Steps";
import { FlagPageLink } from "./FlagPageLink";
import { useFlagSwitch } from "./useFlagSwitch";

/** The way of a new flag to its first call; nothing once an application has asked for it. */
export function NextSteps({ flag }: { flag: Schema<"FlagDetail"> }) {
  const { environments, project: projectId, name: featureName } = flag;
  const first = environments.find(({ type }) => type !== "production") ?? environments[0];
  const on = environments.filter(({ enabled }) => enabled).map(({ name }) => name);
  const turn = useFlagSwitch({ projectId, featureName, environment: first?.name ?? "" });
  if (!first || flag.archived || environments.some(({ lastSeenAt }) => lastSeenAt)) return null;
  return (
    <Steps
      title="Next steps"
      steps={[
        { title: "Created", about: "Off everywhere until you say otherwise.", done: true },
        {
          title: "Switch it on",
          about: on.length > 0 ? `On in ${on.join(", ")}.` : `In ${first.name} first, for everybody there.`,
          done: on.length > 0,
          action: (
            <Allowed to="UPDATE_FEATURE_ENVIRONMENT" project={projectId} environment={first.name}>
              <Button size="xs" loading={turn.isPending} onClick={() => turn.mutate(true)}>
                Switch on in {first.name}
              </Button>
            </Allowed>
          ),
        },
        {
          title: "Connect an application",
          about: "A token, a few lines of code, and its first call as it arrives.",
          action: (
            <FlagPageLink projectId={projectId} featureName={featureName} page="connect" size="xs">
              Connect
            </FlagPageLink>
          ),
        },
      ]}
    />
  );
}
