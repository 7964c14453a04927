import { Alert, Anchor, Loader, Stack } from "@mantine/core";
import { IconCircleCheck, IconPlugConnected } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { flag, flagUsage } from "@/api/queries";
import { applications } from "@/api/queries.operations";
import { Ago } from "@/parts/Ago";
import { QuickToken } from "./QuickToken";
import { useFlag } from "./useFlag";

const often = 3_000; // milliseconds between looks for the first call

/** Code for an SDK, and its first call as it arrives. */
export function FlagConnect() {
  const { projectId, featureName, data } = useFlag();
  return (
    <Stack maw={860} gap="lg">
      <FirstCall projectId={projectId} featureName={featureName} />
      {data && <QuickToken flag={data} />}
    </Stack>
  );
}

/** Whether an application has asked for the flag, kept up to date. */
function FirstCall({ projectId, featureName }: { projectId: string; featureName: string }) {
  const usage = useQuery({ ...flagUsage(featureName), refetchInterval: often });
  const { data } = useQuery({ ...flag(projectId, featureName), refetchInterval: often });
  const seen = (data?.environments ?? []).filter((e) => e.lastSeenAt);
  const names = usage.data?.seenApplications ?? [];
  if (seen.length === 0 && names.length === 0) return <Waiting projectId={projectId} />;
  return (
    <Alert color="sea" icon={<IconCircleCheck aria-hidden />} title="Connected" role="status">
      {seen.map((e, index) => (
        <span key={e.name}>
          {index > 0 && ", "}
          {e.name} <Ago time={e.lastSeenAt} />
        </span>
      ))}
      {names.length > 0 && (seen.length > 0 ? " · by " : "by ")}
      {names.map((name, index) => (
        <span key={name}>
          {index > 0 && ", "}
          <ApplicationLink name={name} />
        </span>
      ))}
    </Alert>
  );
}

/** Nobody has asked for the flag; an application that has just connected is told already. */
function Waiting({ projectId }: { projectId: string }) {
  const latest = useQuery({
    ...applications({ sortBy: "lastSeen", sortOrder: "desc", limit: 5 }),
    refetchInterval: often,
  });
  const here = latest.data?.applications.find(
    (app) =>
      Date.now() - new Date(app.lastSeen).getTime() < 600_000 &&
      app.usage.some(({ project }) => project === "*" || project === projectId),
  );
  if (here)
    return (
      <Alert color="sea" icon={<IconPlugConnected aria-hidden />} title="An application is here" role="status">
        <ApplicationLink name={here.appName} />
        {here.sdkVersion && `, with ${here.sdkVersion.replace(":", " ")},`} fetches the flags of this project. Within a
        minute it tells which of them its code asks for.
      </Alert>
    );
  return (
    <Alert color="gray" icon={<Loader size={18} aria-hidden />} title="Waiting for the first call" role="status">
      No application has asked for this flag yet. Start one with the code below; it appears here by itself.
    </Alert>
  );
}

function ApplicationLink({ name }: { name: string }) {
  return (
    <Anchor
      inherit
      dir="auto"
      renderRoot={(props) => <Link to="/applications/$appName" params={{ appName: name }} {...props} />}
    >
      {name}
    </Anchor>
  );
}
