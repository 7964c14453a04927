import { Badge, Button, Text } from "@mantine/core";
import { IconArchive, IconArchiveOff, IconCategory, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schema, versioned } from "@/api/client";
import { useChange } from "@/api/mutate";
import { strategyDefinitions } from "@/api/queries";
import { Allowed } from "@/parts/Allowed";
import { Confirm } from "@/parts/Confirm";
import type { Column } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { Fresh } from "@/parts/Fresh";
import { LocalTable } from "@/parts/LocalTable";
import { Page } from "@/parts/Page";
import { deleteAction, editAction, RowMenu } from "@/parts/RowMenu";
import { RowName } from "@/parts/RowName";
import { useTableState } from "@/parts/tableState";
import { StrategyTypePanel } from "./StrategyTypePanel";

type Definition = Schema<"StrategyDefinition">;

const stale = [["strategies"], ["events"]];
const title = (d: Definition) => d.title || d.displayName || d.name;
const local = {
  text: (d: Definition) => [d.name, title(d), d.description],
  by: { name: title, own: (d: Definition) => d.editable },
};

/** The kinds of strategies that flags can have: built in, and one's own. */
export function StrategyTypesPage() {
  const state = useTableState({ sort: "name" });
  const { data, error } = useQuery(strategyDefinitions());
  const [editing, setEditing] = useState<Definition | "new">();
  const create = (
    <Allowed to="CREATE_STRATEGY">
      <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setEditing("new")}>
        New strategy type
      </Button>
    </Allowed>
  );
  const columns: Column<Definition>[] = [
    {
      key: "name",
      label: "Strategy type",
      sortable: true,
      heading: true,
      render: (d) => <Name of={d} onOpen={() => setEditing(d)} />,
    },
    { key: "parameters", label: "Parameters", width: 260, render: (d) => <Parameters of={d} /> },
    {
      key: "own",
      label: "Decided by",
      sortable: true,
      width: 170,
      render: (d) => (d.editable ? "your applications" : "every SDK"),
    },
    {
      key: "actions",
      label: "",
      align: "end",
      width: 60,
      render: (d) => <Actions of={d} onEdit={() => setEditing(d)} />,
    },
  ];
  return (
    <Page
      title="Strategy types"
      about="How a strategy of a flag decides. Those built in work everywhere; one of your own works where your applications implement it."
      actions={create}
    >
      <LocalTable
        what="strategy types"
        columns={columns}
        all={data?.strategies}
        local={local}
        keyOf={(d) => d.name}
        state={state}
        failure={error}
        empty={
          <Empty icon={<IconCategory />} title="No strategy types" action={create}>
            The built-in ones are always there.
          </Empty>
        }
      />
      {editing === "new" && <StrategyTypePanel onClose={() => setEditing(undefined)} />}
      {editing && editing !== "new" && (
        <Fresh
          key={editing.name}
          queryKey={["strategies", "one", editing.name]}
          read={() => versioned(api.GET("/api/admin/strategies/{name}", { params: { path: { name: editing.name } } }))}
        >
          {(edited) => <StrategyTypePanel edited={edited} onClose={() => setEditing(undefined)} />}
        </Fresh>
      )}
    </Page>
  );
}

function Name({ of: d, onOpen }: { of: Definition; onOpen: () => void }) {
  return (
    <RowName
      name={title(d)}
      {...(d.editable && { onOpen })}
      about={d.description}
      lines={2}
      marks={
        <>
          {title(d) !== d.name && (
            <Text span size="sm" c="dimmed" dir="auto">
              {d.name}
            </Text>
          )}
          {d.deprecated && (
            <Badge size="sm" variant="outline" color="gray" tt="none">
              deprecated
            </Badge>
          )}
          {!d.editable && (
            <Badge size="sm" variant="light" color="gray" tt="none">
              built in
            </Badge>
          )}
        </>
      }
    />
  );
}

function Parameters({ of: d }: { of: Definition }) {
  if (d.parameters.length === 0)
    return (
      <Text span inherit c="dimmed">
        none
      </Text>
    );
  return <span dir="auto">{d.parameters.map((p) => p.name).join(", ")}</span>;
}

function Actions({ of: d, onEdit }: { of: Definition; onEdit: () => void }) {
  const [deleting, setDeleting] = useState(false);
  const path = { params: { path: { name: d.name } } };
  const turn = useChange(
    () =>
      answer(
        d.deprecated
          ? api.POST("/api/admin/strategies/{name}/reactivate", path)
          : api.POST("/api/admin/strategies/{name}/deprecate", path),
      ),
    { stale },
  );
  const remove = useChange(() => answer(api.DELETE("/api/admin/strategies/{name}", path)), {
    stale,
    done: `The strategy type ${title(d)} is deleted`,
  });
  const builtIn = !d.editable && "It is built in";
  return (
    <>
      <RowMenu
        of={title(d)}
        actions={[
          editAction("UPDATE_STRATEGY", onEdit, builtIn),
          {
            label: d.deprecated ? "Reactivate" : "Deprecate",
            icon: d.deprecated ? <IconArchiveOff size={16} aria-hidden /> : <IconArchive size={16} aria-hidden />,
            onClick: () => turn.mutate(undefined),
            to: "UPDATE_STRATEGY",
            not: d.name === "default" && "It is always there",
          },
          deleteAction("DELETE_STRATEGY", () => setDeleting(true), builtIn),
        ]}
      />
      <Confirm
        opened={deleting}
        onClose={() => setDeleting(false)}
        title="Delete this strategy type?"
        action="Delete strategy type"
        typeName={d.name}
        pending={remove.isPending}
        onConfirm={() => remove.mutate(undefined, { onSettled: () => setDeleting(false) })}
      >
        That is refused while a flag uses it. Deprecate it instead to keep it from new strategies.
      </Confirm>
    </>
  );
}
