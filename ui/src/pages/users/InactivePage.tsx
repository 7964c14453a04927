import { Button, Group, Paper, Text } from "@mantine/core";
import { IconTrash, IconUserCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useChange } from "@/api/mutate";
import { inactiveUsers } from "@/api/queries.people";
import { Ago } from "@/parts/Ago";
import { accountName, otherNames } from "@/parts/accountName";
import { Confirm } from "@/parts/Confirm";
import type { Column } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { LocalTable } from "@/parts/LocalTable";
import { RowName } from "@/parts/RowName";
import { useTableState } from "@/parts/tableState";
import { UsersFrame } from "./UsersFrame";

type Inactive = Schema<"InactiveUser">;

const columns: Column<Inactive>[] = [
  {
    key: "name",
    label: "Person",
    sortable: true,
    heading: true,
    render: (u) => <RowName name={accountName(u)} to={`/admin/users/${u.id}`} about={otherNames(u)} />,
  },
  { key: "seen", label: "Last sign-in", sortable: true, width: 150, render: (u) => <Ago time={u.seenAt} /> },
  { key: "token", label: "Last use of a token", sortable: true, width: 170, render: (u) => <Ago time={u.patSeenAt} /> },
  { key: "created", label: "Added", sortable: true, width: 150, render: (u) => <Ago time={u.createdAt} /> },
];

const local = {
  text: (u: Inactive) => [u.name, u.username, u.email],
  by: {
    name: accountName,
    seen: (u: Inactive) => u.seenAt ?? "",
    token: (u: Inactive) => u.patSeenAt ?? "",
    created: (u: Inactive) => u.createdAt,
  },
};

/** People who have done nothing here for half a year, and the way to remove many at once. */
export function InactivePage() {
  const state = useTableState({ sort: "seen" });
  const { data, error } = useQuery(inactiveUsers());
  const [chosen, setChosen] = useState(new Set<string>());
  const there = data?.inactiveUsers.filter((u) => chosen.has(String(u.id))) ?? [];
  return (
    <UsersFrame>
      <Text c="dimmed" mb="md" maw={720}>
        They have neither signed in nor used a personal token for 180 days. An account that nobody uses is one that
        nobody would miss when it is abused.
      </Text>
      <LocalTable
        what="inactive people"
        columns={columns}
        all={data?.inactiveUsers}
        local={local}
        keyOf={(u) => String(u.id)}
        state={state}
        failure={error}
        selection={{ chosen, choose: setChosen }}
        empty={
          <Empty icon={<IconUserCheck />} title="Nobody is inactive">
            Everybody has signed in or used a personal token in the last 180 days.
          </Empty>
        }
      />
      {there.length > 0 && <Removal of={there} onDone={() => setChosen(new Set())} />}
    </UsersFrame>
  );
}

function Removal({ of: people, onDone }: { of: Inactive[]; onDone: () => void }) {
  const [asking, setAsking] = useState(false);
  const many = `${people.length} ${people.length === 1 ? "person" : "people"}`;
  const remove = useChange(
    () => answer(api.POST("/api/admin/user-admin/inactive/delete", { body: { ids: people.map(({ id }) => id) } })),
    { stale: [["people"], ["projects"], ["events"]], done: `${many} deleted` },
  );
  return (
    <Paper withBorder p="sm" mt="md" component="section" aria-label="Chosen people">
      <Group justify="space-between" gap="sm">
        <Text size="sm" fw={600}>
          {many} chosen
        </Text>
        <Group gap="sm">
          <Button variant="default" onClick={onDone}>
            Choose none
          </Button>
          <Button
            color="red"
            variant="light"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={() => setAsking(true)}
          >
            Delete {many}
          </Button>
        </Group>
      </Group>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Delete ${many}?`}
        action={`Delete ${many}`}
        typeName={many}
        pending={remove.isPending}
        failure={remove.error}
        onConfirm={() =>
          remove.mutate(undefined, {
            onSuccess: () => {
              setAsking(false);
              onDone();
            },
          })
        }
      >
        All of them or none: {people.slice(0, 8).map(accountName).join(", ")}
        {people.length > 8 && ` and ${people.length - 8} more`}. Their personal tokens stop working at once.
      </Confirm>
    </Paper>
  );
}
