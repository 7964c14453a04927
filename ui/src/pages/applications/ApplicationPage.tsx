import { Anchor, Badge, Button, Group, Paper, Skeleton, Stack, Table, Text, Title } from "@mantine/core";
import { IconEdit, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useChange } from "@/api/mutate";
import { application, applicationOverview, instances } from "@/api/queries.operations";
import { Ago } from "@/parts/Ago";
import { Allowed } from "@/parts/Allowed";
import { Confirm } from "@/parts/Confirm";
import { Page } from "@/parts/Page";
import classes from "./Application.module.css";
import { ApplicationPanel } from "./ApplicationPanel";
import { sdkWords, Warning } from "./ApplicationsPage";
import { ApplicationUsage } from "./ApplicationUsage";

type Overview = Schema<"ApplicationOverview">;
type Environment = Schema<"ApplicationEnvironment">;

/** One application: where it runs, what it asks for, what is wrong with it. */
export function ApplicationPage() {
  const { appName } = useParams({ strict: false }) as { appName: string };
  const { data, error } = useQuery(application(appName));
  const overview = useQuery(applicationOverview(appName));
  const [editing, setEditing] = useState(false);
  if (error && !data) throw error;
  return (
    <Page
      title={appName}
      above={[{ title: "Applications", to: "/applications" }]}
      about={data && <About of={data} />}
      actions={
        <>
          <Allowed to="UPDATE_APPLICATION">
            <Button variant="default" leftSection={<IconEdit size={18} aria-hidden />} onClick={() => setEditing(true)}>
              Describe
            </Button>
          </Allowed>
          <Forget appName={appName} />
        </>
      }
    >
      {overview.data ? <Details appName={appName} of={overview.data} /> : <Skeleton height={240} aria-busy="true" />}
      {data && editing && <ApplicationPanel of={data} onClose={() => setEditing(false)} />}
    </Page>
  );
}

function About({ of: app }: { of: Schema<"Application"> }) {
  const leads = /^https?:\/\//i.test(app.url ?? "");
  return (
    <>
      {app.description || "Nobody has described it yet."}
      {app.url && (
        <div>
          {leads ? (
            <Anchor href={app.url} rel="noopener noreferrer" target="_blank">
              {app.url}
            </Anchor>
          ) : (
            app.url
          )}
        </div>
      )}
    </>
  );
}

function Forget({ appName }: { appName: string }) {
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  const remove = useChange(
    () => answer(api.DELETE("/api/admin/metrics/applications/{appName}", { params: { path: { appName } } })),
    { stale: [["applications"], ["events"]], done: `${appName} is forgotten` },
  );
  return (
    <>
      <Allowed to="UPDATE_APPLICATION">
        <Button variant="default" leftSection={<IconTrash size={18} aria-hidden />} onClick={() => setAsking(true)}>
          Forget
        </Button>
      </Allowed>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title="Forget this application?"
        action="Forget application"
        pending={remove.isPending}
        onConfirm={() => remove.mutate(undefined, { onSuccess: () => void navigate({ to: "/applications" }) })}
      >
        What is known of it goes, its description too. Should it report again, it comes back by itself; its tokens go on
        working.
      </Confirm>
    </>
  );
}

function Details({ appName, of: overview }: { appName: string; of: Overview }) {
  return (
    <div className={classes.columns}>
      <Stack gap="lg">
        <Issues of={overview} />
        {overview.environments.length === 0 && (
          <Paper withBorder p="lg">
            <Text c="dimmed">It has not reported with any token that still exists.</Text>
          </Paper>
        )}
        {overview.environments.map((environment) => (
          <InEnvironment key={environment.name} appName={appName} of={environment} />
        ))}
        <ApplicationUsage appName={appName} />
      </Stack>
      <Flags of={overview} />
    </div>
  );
}

/** What should be looked after, if anything. */
function Issues({ of: overview }: { of: Overview }) {
  const missing = overview.environments.flatMap(({ name, issues }) =>
    issues.missingFeatures.map((flag) => ({ flag, environment: name })),
  );
  const strategies = overview.issues.missingStrategies;
  if (missing.length + strategies.length === 0) return null;
  return (
    <Paper withBorder p="md" component="section" aria-label="To look after">
      <Title order={2} fz="md" mb={6}>
        To look after
      </Title>
      <ul className={classes.issues}>
        {missing.map(({ flag, environment }) => (
          <li key={`${flag} ${environment}`} dir="auto">
            It asks for <b>{flag}</b> in {environment}, and no flag has this name.
          </li>
        ))}
        {strategies.map((name) => (
          <li key={name} dir="auto">
            It implements the strategy <b>{name}</b>, which is{" "}
            <Anchor inherit renderRoot={(props) => <Link to="/strategies" {...props} />}>
              not defined here
            </Anchor>
            .
          </li>
        ))}
      </ul>
    </Paper>
  );
}

function InEnvironment({ appName, of: environment }: { appName: string; of: Environment }) {
  const { data } = useQuery(instances(appName, environment.name));
  const outdated = environment.issues.outdatedSdks;
  return (
    <Paper withBorder component="section" aria-label={`In ${environment.name}`}>
      <Group gap="sm" p="md" pb="xs">
        <Title order={2} fz="md" dir="auto">
          {environment.name}
        </Title>
        <Badge variant="light" color="gray" tt="none">
          {environment.instanceCount === 1 ? "1 instance" : `${environment.instanceCount} instances`}
        </Badge>
        {outdated.length > 0 && (
          <Warning label="A major version behind the newest; the SDK's changelog says what changes">
            {outdated.map(sdkWords).join(", ")} out of date
          </Warning>
        )}
        <Text size="sm" c="dimmed" ms="auto">
          <Ago time={environment.lastSeen} />
        </Text>
      </Group>
      <Table.ScrollContainer minWidth={460} type="native" tabIndex={0} role="region" aria-label="Instances">
        <Table horizontalSpacing="md" aria-label={`Instances in ${environment.name}`}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Instance</Table.Th>
              <Table.Th>SDK</Table.Th>
              <Table.Th>Address</Table.Th>
              <Table.Th ta="end">Last seen</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(data?.instances ?? []).map((one) => (
              <Table.Tr key={one.instanceId}>
                <Table.Td dir="auto">{one.instanceId}</Table.Td>
                <Table.Td>{sdkWords(one.sdkVersion)}</Table.Td>
                <Table.Td>{one.clientIp}</Table.Td>
                <Table.Td ta="end">
                  <Ago time={one.lastSeen} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

const atMost = 200;

function Flags({ of: overview }: { of: Overview }) {
  return (
    <Paper withBorder p="md" component="section" aria-label="Flags it asks for">
      <Title order={2} fz="md">
        Flags it asks for
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {overview.featureCount.toLocaleString("en")} in the last 24 hours
      </Text>
      <ul className={classes.flags}>
        {overview.features.slice(0, atMost).map(({ name, project }) => (
          <li key={name} dir="auto">
            {project ? (
              <Anchor
                inherit
                renderRoot={(props) => (
                  <Link
                    to="/projects/$projectId/features/$featureName"
                    params={{ projectId: project, featureName: name }}
                    {...props}
                  />
                )}
              >
                {name}
              </Anchor>
            ) : (
              `${name} (deleted)`
            )}
          </li>
        ))}
      </ul>
      {overview.features.length > atMost && (
        <Text size="sm" c="dimmed" mt="xs">
          and {(overview.features.length - atMost).toLocaleString("en")} more
        </Text>
      )}
    </Paper>
  );
}
