import { Badge, Button, Switch, Text } from "@mantine/core";
import { IconPlugConnected, IconPlus, IconSend } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useChange } from "@/api/mutate";
import { integrations } from "@/api/queries.operations";
import { Allowed } from "@/parts/Allowed";
import { Confirm } from "@/parts/Confirm";
import type { Column } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { LocalTable } from "@/parts/LocalTable";
import { Page } from "@/parts/Page";
import { deleteAction, editAction, RowMenu } from "@/parts/RowMenu";
import { RowName } from "@/parts/RowName";
import { useTableState } from "@/parts/tableState";
import { listWords } from "@/parts/words";
import { Deliveries } from "./Deliveries";
import { bodyOf, IntegrationPanel, nameOf } from "./IntegrationPanel";

export type Addon = Schema<"Addon">;

const stale = [["integrations"], ["events"]];
const local = {
  text: (a: Addon) => [a.description, a.provider, ...a.events, ...a.projects, ...a.environments],
  by: { name: (a: Addon) => nameOf(a), enabled: (a: Addon) => a.enabled },
};

type Open = { panel: "edit"; of?: Addon } | { panel: "deliveries"; of: Addon } | undefined;

/** What other systems are told of. */
export function IntegrationsPage() {
  const state = useTableState({ sort: "name" });
  const { data, error } = useQuery(integrations());
  const [open, setOpen] = useState<Open>();
  const create = (
    <Allowed to="CREATE_ADDON">
      <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setOpen({ panel: "edit" })}>
        New webhook
      </Button>
    </Allowed>
  );
  const columns: Column<Addon>[] = [
    {
      key: "name",
      label: "Integration",
      sortable: true,
      heading: true,
      render: (a) => <Name of={a} onOpen={setOpen} />,
    },
    { key: "events", label: "Told of", render: (a) => <Told of={a} /> },
    { key: "places", label: "Where", width: 220, render: (a) => <span dir="auto">{placesWords(a)}</span> },
    { key: "enabled", label: "On", sortable: true, align: "center", width: 90, render: (a) => <OnOff of={a} /> },
    { key: "actions", label: "", align: "end", width: 60, render: (a) => <Actions of={a} onOpen={setOpen} /> },
  ];
  return (
    <Page
      title="Integrations"
      about="Other systems are told what happens here: a chat, a build server, a log. In order, signed, and tried again when they are away."
      actions={create}
    >
      <LocalTable
        what="integrations"
        columns={columns}
        all={data?.addons}
        local={local}
        keyOf={(a) => String(a.id)}
        state={state}
        failure={error}
        empty={
          <Empty icon={<IconPlugConnected />} title="No integrations yet" action={create}>
            A webhook sends events as JSON to an address of yours as they happen, such as a flag that is switched on in
            production, or a token that is about to expire.
          </Empty>
        }
      />
      {open?.panel === "edit" && data && (
        <IntegrationPanel providers={data.providers} of={open.of} onClose={() => setOpen(undefined)} />
      )}
      {open?.panel === "deliveries" && <Deliveries of={open.of} onClose={() => setOpen(undefined)} />}
    </Page>
  );
}

function Name({ of: a, onOpen }: { of: Addon; onOpen: (open: Open) => void }) {
  return (
    <RowName
      name={nameOf(a)}
      onOpen={() => onOpen({ panel: "deliveries", of: a })}
      marks={
        <Badge size="sm" variant="light" color="gray" tt="none">
          {a.provider}
        </Badge>
      }
    />
  );
}

function Told({ of: a }: { of: Addon }) {
  return (
    <Text size="sm" lineClamp={2}>
      {listWords(
        a.events.map((type) => type.replaceAll("-", " ")),
        3,
      )}
    </Text>
  );
}

function placesWords(a: Addon): string {
  const all = (list: string[]) => list.length === 0 || list.includes("*");
  const projects = all(a.projects) ? "every project" : listWords(a.projects, 2);
  return all(a.environments) ? projects : `${projects}, ${listWords(a.environments, 3)}`;
}

function OnOff({ of: a }: { of: Addon }) {
  const turn = useChange(
    (enabled: boolean) =>
      answer(
        api.PUT("/api/admin/addons/{id}", { params: { path: { id: String(a.id) } }, body: { ...bodyOf(a), enabled } }),
      ),
    { stale },
  );
  return (
    <Allowed to="UPDATE_ADDON">
      <Switch
        aria-label={`${nameOf(a)} is told of events`}
        checked={turn.isPending ? Boolean(turn.variables) : a.enabled}
        onChange={(event) => turn.mutate(event.currentTarget.checked)}
      />
    </Allowed>
  );
}

function Actions({ of: a, onOpen }: { of: Addon; onOpen: (open: Open) => void }) {
  const [deleting, setDeleting] = useState(false);
  const remove = useChange(
    () => answer(api.DELETE("/api/admin/addons/{id}", { params: { path: { id: String(a.id) } } })),
    { stale, done: `${nameOf(a)} is deleted` },
  );
  return (
    <>
      <RowMenu
        of={nameOf(a)}
        actions={[
          editAction("UPDATE_ADDON", () => onOpen({ panel: "edit", of: a })),
          {
            label: "What it was told",
            icon: <IconSend size={16} aria-hidden />,
            onClick: () => onOpen({ panel: "deliveries", of: a }),
            to: ["CREATE_ADDON", "UPDATE_ADDON", "DELETE_ADDON"],
          },
          deleteAction("DELETE_ADDON", () => setDeleting(true)),
        ]}
      />
      <Confirm
        opened={deleting}
        onClose={() => setDeleting(false)}
        title={`Delete ${nameOf(a)}?`}
        action="Delete integration"
        pending={remove.isPending}
        onConfirm={() => remove.mutate(undefined, { onSettled: () => setDeleting(false) })}
      >
        It is told of nothing more, not even of what waits to be sent. Its address and its secret are forgotten.
      </Confirm>
    </>
  );
}
