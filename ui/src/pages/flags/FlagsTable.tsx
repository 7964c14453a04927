import { Badge, Group, Text, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import type { Schema } from "@/api/client";
import { type FlagQuery, foundFlags } from "@/api/queries";
import { Ago } from "@/parts/Ago";
import { type Column, DataTable } from "@/parts/DataTable";
import { offsetOf, type TableState, useTableState } from "@/parts/tableState";
import { BulkBar } from "./BulkBar";
import { FlagFilters } from "./FlagFilters";
import { FlagName } from "./FlagName";
import { FlagSwitch } from "./FlagSwitch";
import { stageWords } from "./words";

type Flag = Schema<"FoundFlag">;

interface Props {
  /** Only of this project; of all without. */
  projectId?: string;
  /** The environments to switch in, in order. */
  environments: string[];
  /** Shown while there is no flag at all. */
  empty: ReactNode;
  /** Beside the filters. */
  action?: ReactNode;
}

/** Flags, found by the server, with a switch for each environment in the row. */
export function FlagsTable({ projectId, environments, empty, action }: Props) {
  const state = useTableState({ sort: "createdAt", order: "desc" });
  const [chosen, choose] = useState<Set<string>>(new Set());
  const { data, error } = useQuery(foundFlags(queryOf(state, projectId)));
  const columns = useMemo(() => columnsFor(environments, projectId), [environments, projectId]);
  const selected = data?.features.filter((flag) => chosen.has(flag.name)) ?? [];
  return (
    <>
      <FlagFilters state={state} environments={environments} action={action} />
      <DataTable
        what="flags"
        columns={columns}
        rows={data?.features}
        total={data?.total}
        keyOf={(flag) => flag.name}
        state={state}
        failure={error}
        empty={empty}
        {...(projectId && { selection: { chosen, choose } })}
      />
      {projectId && selected.length > 0 && (
        <BulkBar projectId={projectId} flags={selected} environments={environments} onClear={() => choose(new Set())} />
      )}
    </>
  );
}

function queryOf(state: TableState, projectId?: string): FlagQuery {
  const is = (name: string) => (state.filter(name) ? `IS:${state.filter(name)}` : undefined);
  return {
    query: state.q || undefined,
    project: projectId ? `IS:${projectId}` : is("project"),
    type: is("type"),
    state: is("state"),
    lifecycle: is("lifecycle"),
    favorite: is("favorite"),
    createdBy: is("createdBy"),
    tag: state.filter("tag") ? `INCLUDE:${state.filter("tag")}` : undefined,
    segment: state.filter("segment") ? `INCLUDE:${state.filter("segment")}` : undefined,
    status: state.filter("status") ? [state.filter("status")] : undefined,
    sortBy: state.sort,
    sortOrder: state.order,
    favoritesFirst: true,
    limit: state.size,
    offset: offsetOf(state),
  };
}

function columnsFor(environments: string[], projectId?: string): Column<Flag>[] {
  return [
    {
      key: "name",
      label: "Flag",
      sortable: true,
      heading: true,
      render: (flag) => <FlagName flag={flag} withProject={!projectId} />,
    },
    {
      key: "lifecycle",
      label: "Stage",
      sortable: true,
      wideOnly: true,
      width: 110,
      render: (flag) => <Stage of={flag} />,
    },
    { key: "lastSeenAt", label: "Last seen", sortable: true, width: 130, render: (flag) => <LastSeen of={flag} /> },
    {
      key: "createdAt",
      label: "Created",
      sortable: true,
      wideOnly: true,
      width: 130,
      render: (flag) => <Ago time={flag.createdAt} />,
    },
    ...environments.map(
      (name): Column<Flag> => ({
        key: `environment:${name}`,
        label: name,
        sortable: true,
        align: "center",
        width: 128,
        render: (flag) => <InEnvironment of={flag} name={name} />,
      }),
    ),
  ];
}

function InEnvironment({ of: flag, name }: { of: Flag; name: string }) {
  const here = flag.environments.find((environment) => environment.name === name);
  if (!here)
    return (
      <Text span c="dimmed" aria-label="not in its project">
        –
      </Text>
    );
  return <FlagSwitch projectId={flag.project} featureName={flag.name} environment={name} enabled={here.enabled} />;
}

function Stage({ of: flag }: { of: Flag }) {
  const words = stageWords(flag.lifecycle?.stage);
  return words ? (
    <Tooltip label={words.means}>
      <Badge variant="light" color="gray" size="sm" tt="none">
        {words.name}
      </Badge>
    </Tooltip>
  ) : null;
}

function LastSeen({ of: flag }: { of: Flag }) {
  const last = flag.environments
    .map((environment) => environment.lastSeenAt ?? "")
    .sort()
    .at(-1);
  return (
    <Group gap={4}>
      <Ago time={last} />
    </Group>
  );
}
