import { Text, TextInput } from "@mantine/core";
import { answer, api, type Schema, versioned } from "@/api/client";
import { accountName } from "@/parts/accountName";
import { Form } from "@/parts/Form";
import { Fresh } from "@/parts/Fresh";
import { SidePanel } from "@/parts/SidePanel";
import { type Edited, useForm } from "@/parts/useForm";
import { RootRole } from "./RootRole";

type User = Schema<"Account">;

interface Props {
  id: number;
  roles: Schema<"RoleInfo">[];
  onClose: () => void;
}

const valuesOf = (u: User) => ({ name: u.name ?? "", email: u.email ?? "", rootRole: String(u.rootRole ?? "") });

/** The panel that changes who a person is and what they may do on the whole server. */
export function EditUser({ id, roles, onClose }: Props) {
  const path = { id: String(id) };
  return (
    <Fresh
      queryKey={["people", "edited", id]}
      read={() => versioned(api.GET("/api/admin/user-admin/{id}", { params: { path } }))}
    >
      {(edited) => <Editor edited={edited} roles={roles} onClose={onClose} />}
    </Fresh>
  );
}

function Editor({ edited, roles, onClose }: Omit<Props, "id"> & { edited: Edited<User> }) {
  const u = edited.thing;
  const form = useForm({
    initial: valuesOf(u),
    edited,
    valuesOf,
    send: ({ name, email, rootRole }, header) =>
      answer(
        api.PUT("/api/admin/user-admin/{id}", {
          params: { path: { id: String(u.id) }, header },
          body: { name, email, rootRole: Number(rootRole) },
        }),
      ),
    stale: [["people"], ["me"], ["events"]],
    onDone: onClose,
  });
  return (
    <SidePanel opened onClose={onClose} title={`Edit ${accountName(u)}`} form={form}>
      <Form form={form} submit="Save" onCancel={onClose}>
        {u.username && (
          <Text size="sm" c="dimmed" dir="auto">
            Signs in as {u.username}
          </Text>
        )}
        <TextInput label="Name" data-autofocus dir="auto" {...form.field("name")} />
        <TextInput label="E-mail address" type="email" {...form.field("email")} />
        <RootRole roles={roles} form={form} />
      </Form>
    </SidePanel>
  );
}
