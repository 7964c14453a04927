import { Button, ColorInput, Group, Text, Textarea, TextInput } from "@mantine/core";
import { IconPlus, IconTag } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schema, versioned } from "@/api/client";
import { useChange } from "@/api/mutate";
import { tagTypes } from "@/api/queries";
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

type TagType = Schema<"TagType">;

const stale = [["tag-types"], ["flags"], ["events"]];
const local = {
  text: (t: TagType) => [t.name, t.description],
  by: { name: (t: TagType) => t.name },
};

/** The kinds of tags that flags can have. */
export function TagTypesPage() {
  const state = useTableState({ sort: "name" });
  const { data, error } = useQuery(tagTypes());
  const [editing, setEditing] = useState<TagType | "new">();
  const create = (
    <Allowed to="CREATE_TAG_TYPE">
      <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setEditing("new")}>
        New tag type
      </Button>
    </Allowed>
  );
  const columns: Column<TagType>[] = [
    {
      key: "name",
      label: "Tag type",
      sortable: true,
      heading: true,
      render: (t) => <RowName name={t.name} onOpen={() => setEditing(t)} about={t.description} />,
    },
    { key: "color", label: "Colour", width: 160, render: (t) => <Colour of={t.color} /> },
    {
      key: "actions",
      label: "",
      align: "end",
      width: 60,
      render: (t) => <Actions of={t} onEdit={() => setEditing(t)} />,
    },
  ];
  return (
    <Page
      title="Tag types"
      about="Flags carry tags such as team:checkout. The type is what stands before the colon."
      actions={create}
    >
      <LocalTable
        what="tag types"
        columns={columns}
        all={data?.tagTypes}
        local={local}
        keyOf={(t) => t.name}
        state={state}
        failure={error}
        empty={
          <Empty icon={<IconTag />} title="No tag types" action={create}>
            Such as team, ticket or component: flags are tagged with values of it, and found by them.
          </Empty>
        }
      />
      {editing === "new" && <TagTypePanel onClose={() => setEditing(undefined)} />}
      {editing && editing !== "new" && (
        <Fresh
          key={editing.name}
          queryKey={["tag-types", "one", editing.name]}
          read={() => versioned(api.GET("/api/admin/tag-types/{name}", { params: { path: { name: editing.name } } }))}
        >
          {(edited) => <TagTypePanel edited={edited} onClose={() => setEditing(undefined)} />}
        </Fresh>
      )}
    </Page>
  );
}

/** A colour by its sample and its code. */
function Colour({ of: colour }: { of: string | null }) {
  if (!colour)
    return (
      <Text span inherit c="dimmed">
        none
      </Text>
    );
  return (
    <Group gap={8}>
      <span
        aria-hidden
        style={{ width: 14, height: 14, borderRadius: 4, background: colour, border: "1px solid var(--line)" }}
      />
      {colour}
    </Group>
  );
}

function Actions({ of: t, onEdit }: { of: TagType; onEdit: () => void }) {
  const [deleting, setDeleting] = useState(false);
  const remove = useChange(
    () => answer(api.DELETE("/api/admin/tag-types/{name}", { params: { path: { name: t.name } } })),
    { stale, done: `The tag type ${t.name} is deleted` },
  );
  return (
    <>
      <RowMenu
        of={t.name}
        actions={[editAction("UPDATE_TAG_TYPE", onEdit), deleteAction("DELETE_TAG_TYPE", () => setDeleting(true))]}
      />
      <Confirm
        opened={deleting}
        onClose={() => setDeleting(false)}
        title="Delete this tag type?"
        action="Delete tag type"
        typeName={t.name}
        pending={remove.isPending}
        onConfirm={() => remove.mutate(undefined, { onSettled: () => setDeleting(false) })}
      >
        Every flag loses its tags of this type. That cannot be undone.
      </Confirm>
    </>
  );
}

const valuesOf = (t?: TagType) => ({
  name: t?.name ?? "",
  description: t?.description ?? "",
  icon: t?.icon ?? "",
  color: t?.color ?? "",
});

function TagTypePanel({ edited, onClose }: { edited?: Edited<TagType>; onClose: () => void }) {
  const tagType = edited?.thing;
  const form = useForm({
    initial: valuesOf(tagType),
    edited,
    valuesOf,
    send: async ({ name, ...rest }, header) => {
      const body = { ...rest, color: rest.color || undefined };
      await (tagType
        ? answer(api.PUT("/api/admin/tag-types/{name}", { params: { path: { name: tagType.name }, header }, body }))
        : answer(api.POST("/api/admin/tag-types", { body: { name, ...body } })));
    },
    stale,
    onDone: onClose,
  });
  return (
    <SidePanel opened onClose={onClose} title={tagType ? `Tag type ${tagType.name}` : "New tag type"} form={form}>
      <Form form={form} submit={tagType ? "Save" : "Create tag type"} onCancel={onClose}>
        {!tagType && (
          <TextInput
            label="Name"
            description="Short, as it stands in every tag. It cannot be changed later."
            data-autofocus
            spellCheck={false}
            {...form.field("name")}
          />
        )}
        <Textarea label="Description" autosize minRows={2} dir="auto" {...form.field("description")} />
        <ColorInput
          label="Colour"
          description="As in #1a2b3c"
          format="hex"
          withEyeDropper={false}
          popoverProps={{ withinPortal: true }}
          {...form.field("color")}
        />
        <TextInput label="Icon" description="A name, for clients of the API that draw one" {...form.field("icon")} />
      </Form>
    </SidePanel>
  );
}
