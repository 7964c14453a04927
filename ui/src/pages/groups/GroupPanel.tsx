import { MultiSelect, Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schema, versioned } from "@/api/client";
import { accounts, roles } from "@/api/queries.people";
import { accountName, otherNames } from "@/parts/accountName";
import { Form } from "@/parts/Form";
import { Fresh } from "@/parts/Fresh";
import { SidePanel } from "@/parts/SidePanel";
import { type Edited, useForm } from "@/parts/useForm";

type Group = Schema<"Group">;

interface Props {
  /** Without it the panel creates one. */
  groupId?: number;
  onClose: () => void;
}

const valuesOf = (g?: Group) => ({
  name: g?.name ?? "",
  description: g?.description ?? "",
  rootRole: g?.rootRole ? String(g.rootRole) : "",
  mappingsSSO: g?.mappingsSSO ?? [],
  users: (g?.users ?? []).map(({ user }) => String(user.id)),
});

/** The editor of a group: its name, its members, what it gives them. */
export function GroupPanel({ groupId, onClose }: Props) {
  if (groupId === undefined) return <Editor onClose={onClose} />;
  const path = { groupId: String(groupId) };
  return (
    <Fresh
      queryKey={["people", "edited-group", groupId]}
      read={() => versioned(api.GET("/api/admin/groups/{groupId}", { params: { path } }))}
    >
      {(edited) => <Editor edited={edited} onClose={onClose} />}
    </Fresh>
  );
}

function Editor({ edited, onClose }: { edited?: Edited<Group>; onClose: () => void }) {
  const g = edited?.thing;
  const people = useQuery(accounts()).data?.users ?? [];
  const known = useQuery(roles()).data?.roles ?? [];
  const form = useForm({
    initial: valuesOf(g),
    edited,
    valuesOf,
    send: ({ name, description, rootRole, mappingsSSO, users }, header) => {
      const body = {
        name,
        description,
        mappingsSSO,
        ...(rootRole && { rootRole: Number(rootRole) }),
        users: users.map((id) => ({ user: { id: Number(id) } })),
      };
      return g
        ? answer(api.PUT("/api/admin/groups/{groupId}", { params: { path: { groupId: String(g.id) }, header }, body }))
        : answer(api.POST("/api/admin/groups", { body }));
    },
    stale: [["people"], ["projects"], ["me"], ["events"]],
    onDone: onClose,
  });
  const chosen = known.find(({ id }) => String(id) === form.values.rootRole);
  return (
    <SidePanel opened onClose={onClose} title={g ? `Edit ${g.name}` : "New group"} form={form}>
      <Form form={form} submit={g ? "Save" : "Create group"} onCancel={onClose}>
        <TextInput label="Name" data-autofocus dir="auto" {...form.field("name")} />
        <Textarea label="Description" autosize minRows={2} dir="auto" {...form.field("description")} />
        <MultiSelect
          label="Members"
          searchable
          nothingFoundMessage="Nobody of this name"
          data={people.map((u) => ({
            value: String(u.id),
            label: [accountName(u), otherNames(u)].filter(Boolean).join(" · "),
          }))}
          {...form.field("users")}
          onChange={(users) => form.set("users", users)}
        />
        <Select
          label="Root role for every member"
          description={chosen?.description ?? "On top of the root role that each has."}
          data={[
            { value: "", label: "None" },
            ...known
              .filter(({ type }) => type.startsWith("root"))
              .map((role) => ({ value: String(role.id), label: role.name })),
          ]}
          allowDeselect={false}
          {...form.field("rootRole")}
          onChange={(role) => form.set("rootRole", role ?? "")}
        />
        <TagsInput
          label="Names at the identity provider"
          description="Kept with the group, for tools that set up both."
          acceptValueOnBlur
          {...form.field("mappingsSSO")}
          onChange={(all) => form.set("mappingsSSO", all)}
        />
      </Form>
    </SidePanel>
  );
}
