import { ActionIcon, Badge, Button, Group, Menu, Select, Text, TextInput } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconCopy,
  IconDots,
  IconEdit,
  IconLock,
  IconPlus,
  IconStack2,
  IconTrash,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useChange } from "@/api/mutate";
import { environments } from "@/api/queries";
import { Allowed } from "@/parts/Allowed";
import { Confirm } from "@/parts/Confirm";
import { type Column, DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { Form } from "@/parts/Form";
import { Page } from "@/parts/Page";
import { useCan } from "@/parts/permissions";
import { SidePanel } from "@/parts/SidePanel";
import { localRows, useTableState } from "@/parts/tableState";
import { useForm } from "@/parts/useForm";

type Environment = Schema<"Environment">;
type Open = { panel: "new" } | { panel: "edit" | "copy"; of: Environment } | undefined;

const stale = [["environments"], ["projects"], ["flags"], ["events"]];
const types = ["development", "test", "preproduction", "production"];
const local = {
  text: (e: Environment) => [e.name, e.type],
  by: { order: (e: Environment) => e.sortOrder, name: (e: Environment) => e.name },
};

/** The environments of the server, in the order in which flags show them. */
export function EnvironmentsPage() {
  const state = useTableState({ sort: "order" });
  const { data, error } = useQuery(environments());
  const [open, setOpen] = useState<Open>();
  const found = data && localRows(data.environments, state, local);
  const names = [...(data?.environments ?? [])].sort((a, b) => a.sortOrder - b.sortOrder).map(({ name }) => name);
  const create = (
    <Allowed to="ADMIN">
      <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setOpen({ panel: "new" })}>
        New environment
      </Button>
    </Allowed>
  );
  const columns: Column<Environment>[] = [
    { key: "order", label: "Environment", heading: true, render: (e) => <Name of={e} /> },
    { key: "projects", label: "Projects", align: "end", width: 120, render: (e) => e.projectCount ?? 0 },
    { key: "on", label: "Flags that are on", align: "end", width: 150, render: (e) => e.enabledToggleCount ?? 0 },
    { key: "tokens", label: "Tokens", align: "end", width: 110, render: (e) => e.apiTokenCount ?? 0 },
    {
      key: "actions",
      label: "",
      align: "end",
      width: 60,
      render: (e) => <Actions of={e} order={names} onOpen={setOpen} />,
    },
  ];
  return (
    <Page
      title="Environments"
      about="Each flag is on or off in each of them, on its own. A token reads one."
      actions={create}
    >
      <DataTable
        what="environments"
        columns={columns}
        rows={found?.rows}
        total={found?.total}
        keyOf={(e) => e.name}
        state={state}
        failure={error}
        empty={
          <Empty icon={<IconStack2 />} title="No environments" action={create}>
            Such as development and production.
          </Empty>
        }
      />
      {open?.panel === "new" && <NewEnvironment onClose={() => setOpen(undefined)} />}
      {open?.panel === "copy" && <NewEnvironment like={open.of} onClose={() => setOpen(undefined)} />}
      {open?.panel === "edit" && <EditEnvironment of={open.of} onClose={() => setOpen(undefined)} />}
    </Page>
  );
}

function Name({ of: e }: { of: Environment }) {
  return (
    <Group gap={8}>
      <Text fw={600} dir="auto">
        {e.name}
      </Text>
      <Badge size="sm" variant="light" color={e.type === "production" ? "sea" : "gray"} tt="none">
        {e.type}
      </Badge>
      {e.protected && (
        <Badge size="sm" variant="light" color="gray" tt="none" leftSection={<IconLock size={11} aria-hidden />}>
          protected
        </Badge>
      )}
      {!e.enabled && (
        <Badge size="sm" variant="outline" color="gray" tt="none">
          not for new projects
        </Badge>
      )}
    </Group>
  );
}

function Actions({ of: e, order, onOpen }: { of: Environment; order: string[]; onOpen: (open: Open) => void }) {
  const [deleting, setDeleting] = useState(false);
  const admin = useCan()("ADMIN");
  const index = order.indexOf(e.name);
  const path = { params: { path: { name: e.name } } };
  const move = useChange(
    (by: number) => {
      const next = [...order];
      next.splice(index + by, 0, ...next.splice(index, 1));
      return answer(
        api.PUT("/api/admin/environments/sort-order", {
          body: Object.fromEntries(next.map((name, at) => [name, at + 1])),
        }),
      );
    },
    { stale },
  );
  const turn = useChange(
    () =>
      answer(
        e.enabled
          ? api.POST("/api/admin/environments/{name}/off", path)
          : api.POST("/api/admin/environments/{name}/on", path),
      ),
    { stale },
  );
  const remove = useChange(() => answer(api.DELETE("/api/admin/environments/{name}", path)), {
    stale,
    done: `The environment ${e.name} is deleted`,
  });
  const item = (label: string, icon: React.ReactNode, onClick: () => void, disabled = false) => (
    <Menu.Item leftSection={icon} disabled={!admin || disabled} onClick={onClick}>
      {label}
    </Menu.Item>
  );
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`More about ${e.name}`}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {!admin && <Menu.Label>Needs ADMIN</Menu.Label>}
          {item("Edit", <IconEdit size={16} aria-hidden />, () => onOpen({ panel: "edit", of: e }))}
          {item("Copy, with its flags", <IconCopy size={16} aria-hidden />, () => onOpen({ panel: "copy", of: e }))}
          {item("Move up", <IconArrowUp size={16} aria-hidden />, () => move.mutate(-1), index <= 0)}
          {item("Move down", <IconArrowDown size={16} aria-hidden />, () => move.mutate(1), index === order.length - 1)}
          {item(
            e.enabled ? "Leave out of new projects" : "Put into new projects",
            <IconStack2 size={16} aria-hidden />,
            () => turn.mutate(undefined),
          )}
          {item("Delete", <IconTrash size={16} aria-hidden />, () => setDeleting(true), e.protected)}
        </Menu.Dropdown>
      </Menu>
      <Confirm
        opened={deleting}
        onClose={() => setDeleting(false)}
        title="Delete this environment?"
        action="Delete environment"
        typeName={e.name}
        pending={remove.isPending}
        onConfirm={() => remove.mutate(undefined, { onSettled: () => setDeleting(false) })}
      >
        Strategies in it are lost in every project, and {e.apiTokenCount ?? 0} tokens stop working at once.
      </Confirm>
    </>
  );
}

function NewEnvironment({ like, onClose }: { like?: Environment; onClose: () => void }) {
  const form = useForm({
    initial: { name: "", type: like?.type ?? "development" },
    send: (body) =>
      like
        ? answer(api.POST("/api/admin/environments/{name}/clone", { params: { path: { name: like.name } }, body }))
        : answer(api.POST("/api/admin/environments", { body })),
    stale,
    onDone: onClose,
  });
  return (
    <SidePanel opened onClose={onClose} title={like ? `Copy ${like.name}` : "New environment"} form={form}>
      <Form form={form} submit={like ? "Copy environment" : "Create environment"} onCancel={onClose}>
        {like && (
          <Text size="sm">
            Flags are in the copy as they are in {like.name}: on or off, strategies, variants. Tokens are not copied.
          </Text>
        )}
        <TextInput
          label="Name"
          description="Part of its tokens' names. It cannot be changed later."
          data-autofocus
          spellCheck={false}
          {...form.field("name")}
        />
        <Type form={form} />
      </Form>
    </SidePanel>
  );
}

function EditEnvironment({ of: e, onClose }: { of: Environment; onClose: () => void }) {
  const form = useForm({
    initial: { type: e.type },
    send: (body) =>
      answer(api.PUT("/api/admin/environments/update/{name}", { params: { path: { name: e.name } }, body })),
    stale,
    onDone: onClose,
  });
  return (
    <SidePanel opened onClose={onClose} title={`Environment ${e.name}`} form={form}>
      <Form form={form} submit="Save" onCancel={onClose}>
        <Type form={form} />
      </Form>
    </SidePanel>
  );
}

function Type({
  form,
}: {
  form: Pick<ReturnType<typeof useForm<{ type: string }>>, "field"> & { set: (key: "type", value: string) => void };
}) {
  return (
    <Select
      label="Type"
      description="Production marks changes that reach users."
      data={types}
      allowDeselect={false}
      {...form.field("type")}
      onChange={(type) => form.set("type", type ?? "development")}
    />
  );
}
