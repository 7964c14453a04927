import { Badge, Button, Checkbox, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconTags } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schema, versioned } from "@/api/client";
import { useChange } from "@/api/mutate";
import { contextFields } from "@/api/queries";
import { Allowed } from "@/parts/Allowed";
import { Confirm } from "@/parts/Confirm";
import type { Column } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { Form } from "@/parts/Form";
import { Fresh } from "@/parts/Fresh";
import { LocalTable } from "@/parts/LocalTable";
import { Page } from "@/parts/Page";
import { deleteAction, editAction, RowMenu } from "@/parts/RowMenu";
import { RowName } from "@/parts/RowName";
import { SidePanel } from "@/parts/SidePanel";
import { useTableState } from "@/parts/tableState";
import { type Edited, useForm } from "@/parts/useForm";
import { listWords } from "@/parts/words";

type Field = Schema<"ContextField">;

const local = {
  text: (f: Field) => [f.name, f.description, ...f.legalValues.map(({ value }) => value)],
  by: { name: (f: Field) => f.name, used: (f: Field) => f.usedInFeatures ?? 0, project: (f: Field) => f.project ?? "" },
};

/** What applications say of their users, and what constraints can ask. */
export function ContextPage() {
  const state = useTableState({ sort: "name" });
  const { data, error } = useQuery(contextFields());
  const [editing, setEditing] = useState<Field | "new">();
  const create = (
    <Allowed to="CREATE_CONTEXT_FIELD">
      <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setEditing("new")}>
        New context field
      </Button>
    </Allowed>
  );
  const columns: Column<Field>[] = [
    {
      key: "name",
      label: "Field",
      sortable: true,
      heading: true,
      render: (f) => <Name of={f} onOpen={() => setEditing(f)} />,
    },
    {
      key: "legal",
      label: "Values",
      wideOnly: true,
      render: (f) =>
        f.legalValues.length > 0 ? (
          <span dir="auto">
            {listWords(
              f.legalValues.map(({ value }) => value),
              4,
            )}
          </span>
        ) : (
          <Text span inherit c="dimmed">
            any
          </Text>
        ),
    },
    {
      key: "used",
      label: "Used by flags",
      sortable: true,
      align: "end",
      width: 140,
      render: (f) => f.usedInFeatures ?? 0,
    },
    {
      key: "actions",
      label: "",
      align: "end",
      width: 60,
      render: (f) => <Actions of={f} onEdit={() => setEditing(f)} />,
    },
  ];
  return (
    <Page
      title="Context fields"
      about="What applications pass along when they ask for flags: constraints compare with it."
      actions={create}
    >
      <LocalTable
        what="context fields"
        columns={columns}
        all={data}
        local={local}
        keyOf={(f) => f.name}
        state={state}
        failure={error}
        empty={
          <Empty icon={<IconTags />} title="No context fields" action={create}>
            Such as plan, country or appVersion.
          </Empty>
        }
      />
      {editing && <FieldPanel field={editing === "new" ? undefined : editing} onClose={() => setEditing(undefined)} />}
    </Page>
  );
}

function Name({ of: f, onOpen }: { of: Field; onOpen: () => void }) {
  const marks = (
    <>
      {f.stickiness && (
        <Badge size="sm" variant="light" tt="none">
          stickiness
        </Badge>
      )}
      {f.project && (
        <Badge size="sm" variant="light" color="gray" tt="none">
          project {f.project}
        </Badge>
      )}
    </>
  );
  return <RowName name={f.name} onOpen={onOpen} marks={marks} about={f.description} lines={2} />;
}

const update = ["UPDATE_CONTEXT_FIELD", "UPDATE_PROJECT_CONTEXT"];
const remove = ["DELETE_CONTEXT_FIELD", "UPDATE_PROJECT_CONTEXT"];
const stale = [["context"], ["events"]];

function Actions({ of: f, onEdit }: { of: Field; onEdit: () => void }) {
  const [deleting, setDeleting] = useState(false);
  const gone = useChange(
    () => answer(api.DELETE("/api/admin/context/{contextField}", { params: { path: { contextField: f.name } } })),
    {
      stale,
      done: `The context field ${f.name} is deleted`,
    },
  );
  return (
    <>
      <RowMenu
        of={f.name}
        place={f.project ? { project: f.project } : {}}
        actions={[editAction(update, onEdit), deleteAction(remove, () => setDeleting(true))]}
      />
      <Confirm
        opened={deleting}
        onClose={() => setDeleting(false)}
        title="Delete this context field?"
        action="Delete field"
        typeName={f.name}
        pending={gone.isPending}
        onConfirm={() => gone.mutate(undefined, { onSettled: () => setDeleting(false) })}
      >
        {f.usedInFeatures ? `${f.usedInFeatures} flags use it. ` : ""}Constraints that name it go on working: what an
        application sends decides.
      </Confirm>
    </>
  );
}

const valuesOf = (field?: Field) => ({
  name: field?.name ?? "",
  description: field?.description ?? "",
  stickiness: field?.stickiness ?? false,
  legalValues: field?.legalValues.map(({ value }) => value) ?? [],
});

function FieldPanel({ field, onClose }: { field?: Field; onClose: () => void }) {
  if (!field) return <Editor onClose={onClose} />;
  const path = { contextField: field.name };
  return (
    <Fresh
      queryKey={["context", "one", field.name]}
      read={() => versioned(api.GET("/api/admin/context/{contextField}", { params: { path } }))}
    >
      {(edited) => <Editor edited={edited} onClose={onClose} />}
    </Fresh>
  );
}

function Editor({ edited, onClose }: { edited?: Edited<Field>; onClose: () => void }) {
  const field = edited?.thing;
  const form = useForm({
    initial: valuesOf(field),
    edited,
    valuesOf,
    send: async ({ name, description, stickiness, legalValues }, header) => {
      const known = new Map((field?.legalValues ?? []).map((legal) => [legal.value, legal]));
      const body = { description, stickiness, legalValues: legalValues.map((value) => known.get(value) ?? { value }) };
      await (field
        ? answer(
            api.PUT("/api/admin/context/{contextField}", {
              params: { path: { contextField: field.name }, header },
              body,
            }),
          )
        : answer(api.POST("/api/admin/context", { body: { name, ...body } })));
    },
    stale,
    onDone: onClose,
  });
  return (
    <SidePanel opened onClose={onClose} title={field ? `Context field ${field.name}` : "New context field"} form={form}>
      <Form form={form} submit={field ? "Save" : "Create field"} onCancel={onClose}>
        {!field && (
          <TextInput
            label="Name"
            description="As applications send it."
            data-autofocus
            dir="auto"
            spellCheck={false}
            {...form.field("name")}
          />
        )}
        <Textarea label="Description" autosize minRows={2} dir="auto" {...form.field("description")} />
        <TagsInput
          label="Values to choose from"
          description="Offered in constraints. Without any, every value can be typed."
          splitChars={[","]}
          acceptValueOnBlur
          {...form.field("legalValues")}
          onChange={(all) => form.set("legalValues", all)}
        />
        <Checkbox
          label="Can be used for stickiness"
          description="Rollouts can give the same answer to everybody who shares its value."
          checked={form.values.stickiness}
          onChange={(event) => form.set("stickiness", event.currentTarget.checked)}
        />
      </Form>
    </SidePanel>
  );
}
