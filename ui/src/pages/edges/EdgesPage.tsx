import { Anchor, Badge, Stack, Text, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconTopologyStar3 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { basePath, type Schema } from "@/api/client";
import { edges } from "@/api/queries.operations";
import { Ago } from "@/parts/Ago";
import { CodeBlock } from "@/parts/CodeBlock";
import type { Column } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { LocalTable } from "@/parts/LocalTable";
import { Page } from "@/parts/Page";
import { RowName } from "@/parts/RowName";
import { useTableState } from "@/parts/tableState";

type Edge = Schema<"Edge">;

const local = {
  text: (e: Edge) => [
    e.identifier,
    e.appName,
    e.edgeVersion,
    e.region,
    e.token.name,
    ...e.environments.map(({ environment }) => environment),
  ],
  by: {
    name: (e: Edge) => e.appName,
    region: (e: Edge) => e.region,
    version: (e: Edge) => e.edgeVersion,
    lastSeen: (e: Edge) => e.lastSeenAt,
    latency: (e: Edge) => e.latencyUpstream.p99,
  },
};

const columns: Column<Edge>[] = [
  { key: "name", label: "Edge", sortable: true, heading: true, render: (e) => <Name of={e} /> },
  {
    key: "region",
    label: "Region",
    sortable: true,
    width: 120,
    render: (e) => <span dir="auto">{e.region || "–"}</span>,
  },
  { key: "environments", label: "Serves", width: 260, render: (e) => <Serves of={e} /> },
  { key: "token", label: "With token", width: 180, render: (e) => <Token of={e} /> },
  { key: "latency", label: "Latency", sortable: true, align: "end", width: 120, render: (e) => <Latency of={e} /> },
  {
    key: "lastSeen",
    label: "Last seen",
    sortable: true,
    align: "end",
    width: 120,
    render: (e) => <Ago time={e.lastSeenAt} />,
  },
];

/** Edges and proxies that are connected to this server. */
export function EdgesPage() {
  const state = useTableState({ sort: "lastSeen", order: "desc" });
  const { data, error } = useQuery(edges());
  return (
    <Page
      title="Edges"
      about="Edges and proxies that answer SDKs in the place of this server. One that says nothing for 15 minutes is gone from here."
    >
      <LocalTable
        what="edges"
        columns={columns}
        all={data?.edges}
        local={local}
        keyOf={(e) => e.identifier}
        state={state}
        failure={error}
        empty={<None />}
      />
    </Page>
  );
}

function None() {
  const url = window.location.origin + basePath;
  return (
    <Empty icon={<IconTopologyStar3 />} title="No edge is connected">
      <Stack gap="sm">
        <span>
          An edge answers SDKs near them, and goes on while this server is away. It is the same program:{" "}
          <Anchor inherit renderRoot={(props) => <Link to={"/admin/api" as never} {...props} />}>
            create a client token
          </Anchor>{" "}
          and start one.
        </span>
        <div style={{ textAlign: "start" }}>
          <CodeBlock
            what="command to start an edge"
            code={`UPSTREAM_URL=${url} \\\nTOKENS='a client token' \\\nburgee edge`}
          />
        </div>
        <Text size="sm" c="dimmed">
          It appears here within a minute. For clients of Unleash Proxy there is burgee proxy.
        </Text>
      </Stack>
    </Empty>
  );
}

function Name({ of: e }: { of: Edge }) {
  return (
    <RowName
      name={e.appName}
      marks={
        <Badge size="sm" variant="light" color="gray" tt="none">
          {e.edgeVersion || "version not told"}
        </Badge>
      }
      about={
        <>
          {e.identifier}
          {e.hosting && `, ${e.hosting}`}
          {e.started && (
            <>
              , started <Ago time={e.started} />
            </>
          )}
        </>
      }
    >
      {e.connectedEdges.length > 0 && (
        <Text size="sm" c="dimmed" dir="auto">
          {e.connectedEdges.length === 1 ? "1 edge behind it: " : `${e.connectedEdges.length} edges behind it: `}
          {e.connectedEdges.map((b) => `${b.appName} ${b.edgeVersion}${b.region && ` in ${b.region}`}`).join(", ")}
        </Text>
      )}
    </RowName>
  );
}

/** What it holds of each environment, and whether that is the newest. */
function Serves({ of: e }: { of: Edge }) {
  return (
    <Stack gap={2}>
      {e.environments.map((scope) => (
        <div key={`${scope.environment} ${scope.projects.join()}`}>
          <Tooltip
            label={
              scope.behind
                ? `It had revision ${scope.revisionId} when it reported; the newest is ${scope.currentRevisionId}`
                : `It had the newest change (revision ${scope.revisionId}) when it reported`
            }
          >
            <span>
              {scope.behind ? (
                <IconAlertTriangle size={14} aria-hidden style={{ marginBottom: -2 }} />
              ) : (
                <IconCircleCheck size={14} aria-hidden style={{ marginBottom: -2 }} />
              )}{" "}
              <span dir="auto">{scope.environment}</span>
              {scope.behind ? ", behind" : ", up to date"}
            </span>
          </Tooltip>
          {!scope.projects.includes("*") && (
            <Text size="xs" c="dimmed" dir="auto">
              of {scope.projects.join(", ")}
            </Text>
          )}
          {scope.behind && scope.lastUpdated && (
            <Text size="xs" c="dimmed">
              last change taken <Ago time={scope.lastUpdated} />
            </Text>
          )}
        </div>
      ))}
      {e.connectedStreamingClients > 0 && (
        <Text size="xs" c="dimmed">
          {e.connectedStreamingClients.toLocaleString("en")} clients stream from it
        </Text>
      )}
    </Stack>
  );
}

function Token({ of: e }: { of: Edge }) {
  return (
    <Anchor inherit dir="auto" renderRoot={(props) => <Link to={`/admin/api/${e.token.id}` as never} {...props} />}>
      {e.token.name || e.token.hint}
    </Anchor>
  );
}

const milliseconds = (n: number) => (n < 10 ? n.toFixed(1) : Math.round(n).toLocaleString("en"));

/** How long it waits for this server. */
function Latency({ of: { latencyUpstream: l } }: { of: Edge }) {
  if (l.count === 0) return "–";
  return (
    <Tooltip label={`Of ${l.count.toLocaleString("en")} requests to this server: ${milliseconds(l.avg)} ms on average`}>
      <span>{milliseconds(l.p99)} ms p99</span>
    </Tooltip>
  );
}
