import { Alert, Group, Text, Textarea, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { answer, api, type Schema, versioned } from "@/api/client";
import { Form } from "@/parts/Form";
import { Fresh } from "@/parts/Fresh";
import { SidePanel } from "@/parts/SidePanel";
import { type Edited, useForm } from "@/parts/useForm";
import { countWords, type Given, givenBy, permissionBodies } from "./given";
import { PermissionMatrix } from "./PermissionMatrix";

type Role = Schema<"RoleDetail">;
type Kind = "root-custom" | "custom";

interface Props {
  /** What is edited; without it the panel creates one. */
  roleId?: number;
  kind: Kind;
  /** A new role begins with what this one gives. */
  like?: Role;
  onClose: () => void;
  onMade?: (id: number) => void;
}

const valuesOf = (role?: Role) => ({
  name: role?.name ?? "",
  description: role?.description ?? "",
  permissions: givenBy(role),
});

/** The editor of a custom role. */
export function RolePanel({ roleId, ...props }: Props) {
  if (roleId === undefined) return <Editor {...props} />;
  const path = { roleId: String(roleId) };
  return (
    <Fresh
      queryKey={["people", "edited-role", roleId]}
      read={() => versioned(api.GET("/api/admin/roles/{roleId}", { params: { path } }))}
    >
      {(edited) => <Editor {...props} edited={edited} />}
    </Fresh>
  );
}

function Editor({ edited, kind, like, onClose, onMade }: Omit<Props, "roleId"> & { edited?: Edited<Role> }) {
  const role = edited?.thing;
  const form = useForm({
    initial: role ? valuesOf(role) : { ...valuesOf(like), name: "" },
    edited,
    valuesOf,
    send: ({ name, description, permissions }, header) => {
      const body = { name, description, type: kind, permissions: permissionBodies(permissions) };
      return role
        ? answer(api.PUT("/api/admin/roles/{roleId}", { params: { path: { roleId: String(role.id) }, header }, body }))
        : answer(api.POST("/api/admin/roles", { body }));
    },
    stale: [["people"], ["projects"], ["me"], ["events"]],
    onDone: (made) => {
      onClose();
      if (!role) onMade?.(made.roles.id);
    },
  });
  const where = kind === "root-custom" ? "root role" : "project role";
  const error = form.field("permissions").error;
  return (
    <SidePanel opened onClose={onClose} title={role ? `Edit ${role.name}` : `New ${where}`} form={form} size={1000}>
      <Form
        form={form}
        submit={role ? "Save" : "Create role"}
        onCancel={onClose}
        long
        extra={
          <Text size="sm" c="dimmed" role="status">
            {countWords(form.values.permissions)}
          </Text>
        }
      >
        {role && (
          <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />}>
            What you change counts at once for everybody who has this role.
          </Alert>
        )}
        <Group align="flex-start" gap="md" grow preventGrowOverflow={false}>
          <TextInput label="Name" data-autofocus dir="auto" miw={220} {...form.field("name")} />
          <Textarea
            label="Description"
            description="What it is for: shown where the role is given."
            inputWrapperOrder={["label", "input", "description", "error"]}
            autosize
            minRows={1}
            dir="auto"
            miw={220}
            {...form.field("description")}
          />
        </Group>
        {error && (
          <Text c="red" size="sm" role="alert">
            {error}
          </Text>
        )}
        <PermissionMatrix
          scope={kind === "root-custom" ? "root" : "project"}
          given={form.values.permissions}
          onChange={(permissions: Given) => form.set("permissions", permissions)}
        />
      </Form>
    </SidePanel>
  );
}
