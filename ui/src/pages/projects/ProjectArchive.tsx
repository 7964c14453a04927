import { Button, Text } from "@mantine/core";
import { IconArchive } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useChange } from "@/api/mutate";
import { foundFlags } from "@/api/queries";
import { Ago } from "@/parts/Ago";
import { Allowed } from "@/parts/Allowed";
import { Confirm } from "@/parts/Confirm";
import { type Column, DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { SearchBox } from "@/parts/SearchBox";
import { offsetOf, useTableState } from "@/parts/tableState";

type Flag = Schema<"FoundFlag">;

/** The archived flags of a project: revive or delete. */
export function ProjectArchive() {
  const { projectId } = useParams({ strict: false }) as { projectId: string };
  const state = useTableState({ sort: "archivedAt", order: "desc" });
  const [deleting, setDeleting] = useState<string>();
  const { data, error } = useQuery(
    foundFlags({
      project: `IS:${projectId}`,
      archived: "IS:true",
      query: state.q || undefined,
      sortBy: state.sort,
      sortOrder: state.order,
      limit: state.size,
      offset: offsetOf(state),
    }),
  );
  const revive = useChange(
    (name: string) =>
      answer(
        api.POST("/api/admin/projects/{projectId}/revive", {
          params: { path: { projectId } },
          body: { features: [name] },
        }),
      ),
    { stale: [["flags"], ["projects"], ["events"]], done: "Revived, and off everywhere" },
  );
  const remove = useChange(
    (name: string) =>
      answer(
        api.POST("/api/admin/projects/{projectId}/delete", {
          params: { path: { projectId } },
          body: { features: [name] },
        }),
      ),
    { stale: [["flags"], ["projects"], ["events"]], done: "Deleted" },
  );
  const columns: Column<Flag>[] = [
    { key: "name", label: "Flag", sortable: true, heading: true, render: (flag) => <NameAndAbout flag={flag} /> },
    { key: "archivedAt", label: "Archived", sortable: true, render: (flag) => <Ago time={flag.archivedAt} /> },
    {
      key: "actions",
      label: "",
      align: "end",
      render: (flag) => (
        <Button.Group style={{ justifyContent: "flex-end" }}>
          <Allowed to={["DELETE_FEATURE", "UPDATE_FEATURE"]} project={projectId}>
            <Button
              size="xs"
              variant="default"
              onClick={() => revive.mutate(flag.name)}
              aria-label={`Revive ${flag.name}`}
            >
              Revive
            </Button>
          </Allowed>
          <Allowed to="DELETE_FEATURE" project={projectId}>
            <Button
              size="xs"
              variant="default"
              onClick={() => setDeleting(flag.name)}
              aria-label={`Delete ${flag.name}`}
            >
              Delete
            </Button>
          </Allowed>
        </Button.Group>
      ),
    },
  ];
  return (
    <>
      <div style={{ marginBottom: 16 }}>
        <SearchBox state={state} what="archived flags" />
      </div>
      <DataTable
        what="archived flags"
        columns={columns}
        rows={data?.features}
        total={data?.total}
        keyOf={(flag) => flag.name}
        state={state}
        failure={error}
        empty={
          <Empty icon={<IconArchive />} title="Nothing archived">
            Flags that are done are archived here. Applications no longer get them; they can be revived.
          </Empty>
        }
      />
      <Confirm
        opened={deleting !== undefined}
        onClose={() => setDeleting(undefined)}
        title="Delete this flag?"
        action="Delete flag"
        typeName={deleting ?? ""}
        pending={remove.isPending}
        onConfirm={() => deleting && remove.mutate(deleting, { onSuccess: () => setDeleting(undefined) })}
      >
        The flag, its strategies and its variants are gone for good. Its history stays in the event log.
      </Confirm>
    </>
  );
}

function NameAndAbout({ flag }: { flag: Flag }) {
  return (
    <div>
      <Text fw={600} dir="auto">
        {flag.name}
      </Text>
      <Text size="sm" c="dimmed" lineClamp={1} dir="auto">
        {flag.description}
      </Text>
    </div>
  );
}
