import { Text, TextInput } from "@mantine/core";
import { answer, api, type Schema, versioned } from "@/api/client";
import { accountName } from "@/parts/accountName";
import { Form } from "@/parts/Form";
import { Fresh } from "@/parts/Fresh";
import { SidePanel } from "@/parts/SidePanel";
import { type Edited, useForm } from "@/parts/useForm";
import { RootRole } from "../users/RootRole";

type Account = Schema<"ServiceAccount">;

interface Props {
  /** Without it the panel creates one. */
  id?: number;
  roles: Schema<"RoleInfo">[];
  onClose: () => void;
  onMade?: (made: Account) => void;
}

const valuesOf = (a?: Account) => ({
  name: a?.name ?? "",
  username: a?.username ?? "",
  rootRole: String(a?.rootRole ?? 3),
});

/** The editor of a service account. */
export function ServiceAccountPanel({ id, ...props }: Props) {
  if (id === undefined) return <Editor {...props} />;
  const path = { id: String(id) };
  return (
    <Fresh
      queryKey={["people", "edited-service-account", id]}
      read={() => versioned(api.GET("/api/admin/service-account/{id}", { params: { path } }))}
    >
      {(edited) => <Editor {...props} edited={edited} />}
    </Fresh>
  );
}

function Editor({ edited, roles, onClose, onMade }: Omit<Props, "id"> & { edited?: Edited<Account> }) {
  const account = edited?.thing;
  const form = useForm({
    initial: valuesOf(account),
    edited,
    valuesOf,
    send: ({ name, username, rootRole }, header) => {
      const role = Number(rootRole);
      return account
        ? answer(
            api.PUT("/api/admin/service-account/{id}", {
              params: { path: { id: String(account.id) }, header },
              body: { name, rootRole: role },
            }),
          )
        : answer(api.POST("/api/admin/service-account", { body: { name, username, rootRole: role } }));
    },
    stale: [["people"], ["events"]],
    onDone: (made) => {
      onClose();
      if (!account) onMade?.(made);
    },
  });
  return (
    <SidePanel
      opened
      onClose={onClose}
      title={account ? `Edit ${accountName(account)}` : "New service account"}
      form={form}
    >
      <Form form={form} submit={account ? "Save" : "Create service account"} onCancel={onClose}>
        <TextInput
          label="Name"
          description="The program that it is for, such as the deployment pipeline."
          data-autofocus
          dir="auto"
          autoComplete="off"
          {...form.field("name")}
        />
        {account ? (
          <Text size="sm" c="dimmed" dir="auto">
            Username: {account.username}
          </Text>
        ) : (
          <TextInput
            label="Username"
            description="Names it in the event log. It cannot be changed later."
            dir="auto"
            autoComplete="off"
            spellCheck={false}
            {...form.field("username")}
          />
        )}
        <RootRole roles={roles} form={form} />
      </Form>
    </SidePanel>
  );
}
