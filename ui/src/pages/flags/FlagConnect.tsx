import { Alert, Anchor, Loader, Paper, Stack, Text, Title } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { flag, flagUsage } from "@/api/queries";
import { Ago } from "@/parts/Ago";
import { Connect } from "@/parts/Connect";
import { useFlag } from "./useFlag";

/** Code for an SDK, and its first call as it arrives. */
export function FlagConnect() {
  const { projectId, featureName } = useFlag();
  return (
    <Stack maw={860} gap="lg">
      <FirstCall projectId={projectId} featureName={featureName} />
      <Paper withBorder p="lg">
        <Title order={2} mb="xs">
          Read this flag
        </Title>
        <Text mb="md">
          You need a token for the environment:{" "}
          <Anchor
            renderRoot={(props) => (
              <Link to={"/admin/api" as never} search={{ project: projectId } as never} {...props} />
            )}
          >
            create one
          </Anchor>
          , and put it where your application keeps its secrets.
        </Text>
        <Connect flag={featureName} />
      </Paper>
    </Stack>
  );
}

/** Whether an application has asked for the flag, kept up to date. */
function FirstCall({ projectId, featureName }: { projectId: string; featureName: string }) {
  const usage = useQuery({ ...flagUsage(featureName), refetchInterval: 3_000 });
  const { data } = useQuery({ ...flag(projectId, featureName), refetchInterval: 3_000 });
  const seen = (data?.environments ?? []).filter((e) => e.lastSeenAt);
  const applications = usage.data?.seenApplications ?? [];
  if (seen.length === 0 && applications.length === 0) {
    return (
      <Alert color="gray" icon={<Loader size={18} aria-hidden />} title="Waiting for the first call" role="status">
        No application has asked for this flag yet. SDKs report about once a minute; it appears here by itself.
      </Alert>
    );
  }
  return (
    <Alert color="sea" icon={<IconCircleCheck aria-hidden />} title="Connected" role="status">
      {seen.map((e, index) => (
        <span key={e.name}>
          {index > 0 && ", "}
          {e.name} <Ago time={e.lastSeenAt} />
        </span>
      ))}
      {applications.length > 0 && ` · by ${applications.join(", ")}`}
    </Alert>
  );
}
