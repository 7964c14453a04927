import { Anchor, Text } from "@mantine/core";
import { IconFlagOff } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { Schema } from "@/api/client";
import { Ago } from "@/parts/Ago";
import { type Column, DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { RowName } from "@/parts/RowName";
import { localRows, type TableState } from "@/parts/tableState";

type Unknown = Schema<"UnknownFlag">;

const local = {
  text: (flag: Unknown) => [flag.name, ...flag.reports.map(({ appName }) => appName)],
  by: {
    appName: (flag: Unknown) => flag.name,
    lastSeen: (flag: Unknown) => flag.lastSeenAt,
  },
};

const columns: Column<Unknown>[] = [
  { key: "appName", label: "Name", sortable: true, heading: true, render: (flag) => <RowName name={flag.name} /> },
  { key: "by", label: "Asked for by", render: (flag) => <AskedBy of={flag} /> },
  {
    key: "lastSeen",
    label: "Last asked for",
    sortable: true,
    align: "end",
    width: 150,
    render: (flag) => <Ago time={flag.lastSeenAt} />,
  },
];

interface Props {
  state: TableState;
  all: Unknown[] | undefined;
  failure: unknown;
}

/** Names that applications ask for and no flag has. */
export function UnknownFlags({ state, all, failure }: Props) {
  const found = all && localRows(all, state, local);
  if (all?.length === 0)
    return (
      <Empty icon={<IconFlagOff />} title="No unknown flags">
        Every name that applications asked for lately belongs to a flag. A name that is misspelt, or whose flag was
        deleted too early, would be here.
      </Empty>
    );
  return (
    <>
      <Text size="sm" c="dimmed" mb="sm">
        No flag has these names: applications are told that they are off. Misspelt in the code, not created yet, or
        deleted too early.
      </Text>
      <DataTable
        what="unknown flags"
        columns={columns}
        rows={found?.rows}
        total={found?.total}
        keyOf={(flag) => flag.name}
        state={state}
        failure={failure}
      />
    </>
  );
}

function AskedBy({ of: flag }: { of: Unknown }) {
  return (
    <>
      {flag.reports.map(({ appName, environments }) => (
        <div key={appName} dir="auto">
          <Anchor inherit renderRoot={(props) => <Link to="/applications/$appName" params={{ appName }} {...props} />}>
            {appName}
          </Anchor>{" "}
          in {environments.map(({ environment }) => environment).join(", ")}
        </div>
      ))}
    </>
  );
}
