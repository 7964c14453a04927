import { Badge, Button, Group, SegmentedControl, Tooltip } from "@mantine/core";
import { IconAlertTriangle, IconApps } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Schema } from "@/api/client";
import { applications, unknownFlags } from "@/api/queries.operations";
import { Ago } from "@/parts/Ago";
import { type Column, DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { Page } from "@/parts/Page";
import { RowName } from "@/parts/RowName";
import { SearchBox } from "@/parts/SearchBox";
import { offsetOf, type TableState, useTableState } from "@/parts/tableState";
import { UnknownFlags } from "./UnknownFlags";

type Application = Schema<"Application">;

/** Programs that SDKs reported, and names they ask for that no flag has. */
export function ApplicationsPage() {
  const state = useTableState({ sort: "appName" });
  const unknown = useQuery(unknownFlags());
  const showsUnknown = state.filter("show") === "unknown";
  const count = unknown.data?.unknownFlags.length ?? 0;
  return (
    <Page
      title="Applications"
      about="What asks for flags: where it runs, with which SDK, and when it was last heard of."
    >
      <Group mb="md" gap="sm">
        <SearchBox state={state} what={showsUnknown ? "unknown flags" : "applications"} />
        <SegmentedControl
          aria-label="Show"
          value={showsUnknown ? "unknown" : ""}
          onChange={(show) => state.set({ show, sort: undefined, order: undefined })}
          data={[
            { value: "", label: "Applications" },
            { value: "unknown", label: count > 0 ? `Unknown flags (${count})` : "Unknown flags" },
          ]}
        />
      </Group>
      {showsUnknown ? (
        <UnknownFlags state={state} all={unknown.data?.unknownFlags} failure={unknown.error} />
      ) : (
        <Applications state={state} unknown={unknown.data?.unknownFlags ?? []} />
      )}
    </Page>
  );
}

function Applications({ state, unknown }: { state: TableState; unknown: Schema<"UnknownFlag">[] }) {
  const { data, error } = useQuery(
    applications({
      query: state.q || undefined,
      sortBy: state.sort,
      sortOrder: state.order,
      limit: state.size,
      offset: offsetOf(state),
    }),
  );
  const lost = (appName: string) =>
    unknown.filter(({ reports }) => reports.some((report) => report.appName === appName)).length;
  const columns: Column<Application>[] = [
    {
      key: "appName",
      label: "Application",
      sortable: true,
      heading: true,
      render: (app) => <Name of={app} unknown={lost(app.appName)} />,
    },
    {
      key: "environments",
      label: "Environments",
      width: 220,
      render: (app) => <span dir="auto">{environmentsOf(app).join(", ") || "–"}</span>,
    },
    { key: "instances", label: "Instances", align: "end", width: 100, render: (app) => app.instanceCount },
    { key: "sdk", label: "SDK", width: 230, render: (app) => <span dir="auto">{sdkWords(app.sdkVersion)}</span> },
    {
      key: "lastSeen",
      label: "Last seen",
      sortable: true,
      align: "end",
      width: 130,
      render: (app) => <Ago time={app.lastSeen} />,
    },
  ];
  return (
    <DataTable
      what="applications"
      columns={columns}
      rows={data?.applications}
      total={data?.total}
      keyOf={(app) => app.appName}
      state={state}
      failure={error}
      empty={
        <Empty
          icon={<IconApps />}
          title="No application yet"
          action={<Button renderRoot={(props) => <Link to="/projects" {...props} />}>Choose a flag to connect</Button>}
        >
          An application appears here by itself a few seconds after its SDK first asks for flags. The Connect tab of a
          flag has the code.
        </Empty>
      }
    />
  );
}

function Name({ of: app, unknown }: { of: Application; unknown: number }) {
  return (
    <RowName
      name={app.appName}
      to={`/applications/${encodeURIComponent(app.appName)}`}
      about={app.description}
      marks={
        <>
          {app.outdatedSdks.length > 0 && (
            <Warning label={`Runs ${app.outdatedSdks.join(", ")}`}>SDK out of date</Warning>
          )}
          {unknown > 0 && (
            <Warning label="It asks for names that no flag has">
              {unknown === 1 ? "1 unknown flag" : `${unknown} unknown flags`}
            </Warning>
          )}
        </>
      }
    />
  );
}

/** Something that should be looked after, by word, icon and colour. */
export function Warning({ label, children }: { label: string; children: React.ReactNode }) {
  return (
    <Tooltip label={label}>
      <Badge
        size="sm"
        tt="none"
        color="yellow"
        variant="light"
        c="var(--mantine-color-text)"
        leftSection={<IconAlertTriangle size={12} aria-hidden />}
      >
        {children}
      </Badge>
    </Tooltip>
  );
}

function environmentsOf(app: Application): string[] {
  return [...new Set(app.usage.flatMap(({ environments }) => environments))].sort();
}

/** "unleash-node-sdk:6.1.0" for people. */
export function sdkWords(sdk: string | null | undefined): string {
  return sdk ? sdk.replace(":", " ") : "not told";
}
