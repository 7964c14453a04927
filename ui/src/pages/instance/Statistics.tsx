import { Anchor, Badge, Button, Group, Paper, Skeleton, Stack, Table, Title } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { basePath, type Schema } from "@/api/client";
import { messageOf } from "@/api/error";
import { uiConfig } from "@/api/queries";
import { readiness, statistics } from "@/api/queries.operations";
import { Copy } from "@/parts/Copy";
import { Failure } from "@/parts/Form";
import classes from "./Instance.module.css";

type Counts = Schema<"InstanceStatistics">;

/** What the server holds, whether it works, and which version it is. */
export function Statistics() {
  const { data, error } = useQuery(statistics());
  if (error && !data) return <Failure of={error} />;
  if (!data) return <Skeleton height={320} aria-busy="true" />;
  return (
    <Stack gap="lg">
      <Server counts={data} />
      <Group justify="space-between">
        <Title order={2}>What it holds</Title>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconDownload size={16} aria-hidden />}
          component="a"
          href={`${basePath}/api/admin/instance-admin/statistics/csv`}
          download
        >
          Save as CSV
        </Button>
      </Group>
      <div className={classes.numbers}>
        <Count of={data.featureToggles} what="flags" to="/features" />
        <Count of={data.projects} what="projects" to="/projects" />
        <Count of={data.environments} what="environments" to="/environments" />
        <Count of={data.segments} what="segments" to="/segments" />
        <Count of={data.contextFields} what="context fields" to="/context" />
        <Count of={data.strategies} what="strategy types" to="/strategies" />
        <Count of={data.users} what="people" />
        <Count of={data.groups} what="groups" />
        <Count of={data.roles} what="roles" />
        <Count of={data.apiTokens.client} what="client tokens" />
        <Count of={data.apiTokens.frontend} what="front-end tokens" />
        <Count of={data.apiTokens.admin} what="admin tokens" />
      </div>
      <Title order={2}>How it is used</Title>
      <Used counts={data} />
    </Stack>
  );
}

function Server({ counts }: { counts: Counts }) {
  const ready = useQuery(readiness());
  const config = useQuery(uiConfig());
  return (
    <Paper withBorder p="lg" component="section" aria-label="Server">
      <dl className={classes.facts}>
        <dt>Health</dt>
        <dd>
          {ready.error ? (
            <Badge color="red" size="lg" tt="none" leftSection={<IconAlertTriangle size={14} aria-hidden />}>
              Not ready: {messageOf(ready.error)}
            </Badge>
          ) : (
            <Badge
              color="sea"
              variant="light"
              c="var(--mantine-color-text)"
              size="lg"
              tt="none"
              leftSection={<IconCircleCheck size={14} aria-hidden />}
            >
              {ready.data === undefined && ready.isPending ? "Asking" : "Ready"}
            </Badge>
          )}
        </dd>
        <dt>Version</dt>
        <dd>
          Burgee {counts.burgeeVersion || "from source"}, with the Admin API of Unleash {counts.versionOSS}
        </dd>
        <dt>Address</dt>
        <dd>{config.data?.unleashUrl}</dd>
        <dt>Instance</dt>
        <dd>
          <Group gap={4}>
            {counts.instanceId} <Copy text={counts.instanceId} what="instance id" />
          </Group>
        </dd>
        <dt>Metrics</dt>
        <dd>
          For Prometheus at <code>{basePath}/internal-backstage/prometheus</code>
        </dd>
      </dl>
    </Paper>
  );
}

function Count({ of: count, what, to }: { of: number; what: string; to?: string }) {
  const words = (
    <>
      <b className={classes.number}>{count.toLocaleString("en")}</b> {what}
    </>
  );
  return (
    <Paper withBorder p="md">
      {to ? (
        <Anchor inherit c="inherit" renderRoot={(props) => <Link to={to as never} {...props} />}>
          {words}
        </Anchor>
      ) : (
        words
      )}
    </Paper>
  );
}

function Used({ counts }: { counts: Counts }) {
  const days = ["last7", "last30", "last60", "last90"] as const;
  const apps = (range: string) => counts.clientApps.find((one) => one.range === range)?.count;
  return (
    <Paper withBorder>
      <Table.ScrollContainer minWidth={480} type="native" tabIndex={0} role="region" aria-label="How it is used">
        <Table aria-label="How it is used">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>In the last</Table.Th>
              {days.map((span) => (
                <Table.Th key={span} ta="end">
                  {span.slice(4)} days
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            <Table.Tr>
              <Table.Td>People who were here</Table.Td>
              {days.map((span) => (
                <Table.Td key={span} ta="end">
                  {counts.activeUsers[span].toLocaleString("en")}
                </Table.Td>
              ))}
            </Table.Tr>
            <Table.Tr>
              <Table.Td>Changes in production</Table.Td>
              {days.map((span) => (
                <Table.Td key={span} ta="end">
                  {counts.productionChanges[span].toLocaleString("en")}
                </Table.Td>
              ))}
            </Table.Tr>
            <Table.Tr>
              <Table.Td>Applications that reported</Table.Td>
              <Table.Td ta="end">{apps("7d")?.toLocaleString("en")}</Table.Td>
              <Table.Td ta="end">{apps("30d")?.toLocaleString("en")}</Table.Td>
              <Table.Td ta="end" colSpan={2}>
                {apps("allTime")?.toLocaleString("en")} of all time
              </Table.Td>
            </Table.Tr>
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}
