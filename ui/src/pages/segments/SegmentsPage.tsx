import { Badge, Button, Group, Text } from "@mantine/core";
import { IconPlus, IconPuzzle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useChange } from "@/api/mutate";
import { segments } from "@/api/queries";
import { Ago } from "@/parts/Ago";
import { Allowed } from "@/parts/Allowed";
import { Confirm } from "@/parts/Confirm";
import type { Column } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { LocalTable } from "@/parts/LocalTable";
import { Page } from "@/parts/Page";
import { deleteAction, editAction, RowMenu } from "@/parts/RowMenu";
import { RowName } from "@/parts/RowName";
import { useTableState } from "@/parts/tableState";
import { constraintWords } from "@/parts/words";
import { SegmentPanel } from "./SegmentPanel";

type Segment = Schema<"Segment">;

const local = {
  text: (s: Segment) => [s.name, s.description, s.project, ...s.constraints.map((c) => constraintWords(c, 50))],
  by: {
    name: (s: Segment) => s.name,
    project: (s: Segment) => s.project ?? "",
    used: (s: Segment) => s.usedInFeatures ?? 0,
    createdAt: (s: Segment) => s.createdAt,
  },
};

/** Segments: constraints under one name, for many strategies. */
export function SegmentsPage() {
  const state = useTableState({ sort: "name" });
  const { data, error } = useQuery(segments());
  const [editing, setEditing] = useState<Segment | "new">();
  const create = (
    <Allowed to="CREATE_SEGMENT">
      <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setEditing("new")}>
        New segment
      </Button>
    </Allowed>
  );
  const columns: Column<Segment>[] = [
    {
      key: "name",
      label: "Segment",
      sortable: true,
      heading: true,
      render: (s) => <Name of={s} onOpen={() => setEditing(s)} />,
    },
    {
      key: "project",
      label: "Project",
      sortable: true,
      width: 160,
      render: (s) =>
        s.project ? (
          <span dir="auto">{s.project}</span>
        ) : (
          <Text span inherit c="dimmed">
            every
          </Text>
        ),
    },
    {
      key: "used",
      label: "Used by flags",
      sortable: true,
      align: "end",
      width: 130,
      render: (s) => s.usedInFeatures ?? 0,
    },
    {
      key: "createdAt",
      label: "Created",
      sortable: true,
      wideOnly: true,
      width: 140,
      render: (s) => <Ago time={s.createdAt} />,
    },
    {
      key: "actions",
      label: "",
      align: "end",
      width: 60,
      render: (s) => <Actions of={s} onEdit={() => setEditing(s)} />,
    },
  ];
  return (
    <Page
      title="Segments"
      about="Groups of users by their context, under a name, for any number of flags."
      actions={create}
    >
      <LocalTable
        what="segments"
        columns={columns}
        all={data?.segments}
        local={local}
        keyOf={(s) => String(s.id)}
        state={state}
        failure={error}
        empty={
          <Empty icon={<IconPuzzle />} title="No segments yet" action={create}>
            Such as "beta testers" or "customers in Norway": described once, used by the strategies of many flags,
            changed in one place.
          </Empty>
        }
      />
      {editing && (
        <SegmentPanel segment={editing === "new" ? undefined : editing} onClose={() => setEditing(undefined)} />
      )}
    </Page>
  );
}

function Name({ of: s, onOpen }: { of: Segment; onOpen: () => void }) {
  return (
    <RowName name={s.name} onOpen={onOpen} about={s.description}>
      <Group gap={6} mt={4}>
        {s.constraints.slice(0, 4).map((c) => (
          <Badge key={JSON.stringify(c)} variant="light" color="gray" tt="none" fw={450} maw="100%" dir="auto">
            {constraintWords(c, 3)}
          </Badge>
        ))}
      </Group>
    </RowName>
  );
}

function Actions({ of: s, onEdit }: { of: Segment; onEdit: () => void }) {
  const [deleting, setDeleting] = useState(false);
  const remove = useChange(() => answer(api.DELETE("/api/admin/segments/{id}", { params: { path: { id: s.id } } })), {
    stale: [["segments"], ["events"]],
    done: `The segment ${s.name} is deleted`,
  });
  return (
    <>
      <RowMenu
        of={s.name}
        place={s.project ? { project: s.project } : {}}
        actions={[
          editAction(["UPDATE_SEGMENT", "UPDATE_PROJECT_SEGMENT"], onEdit),
          deleteAction(["DELETE_SEGMENT", "UPDATE_PROJECT_SEGMENT"], () => setDeleting(true)),
        ]}
      />
      <Confirm
        opened={deleting}
        onClose={() => setDeleting(false)}
        title="Delete this segment?"
        action="Delete segment"
        typeName={s.name}
        pending={remove.isPending}
        onConfirm={() => remove.mutate(undefined, { onSettled: () => setDeleting(false) })}
      >
        {s.usedInFeatures
          ? `${s.usedInFeatures} flags use it: take it out of their strategies first.`
          : "No flag uses it."}
      </Confirm>
    </>
  );
}
