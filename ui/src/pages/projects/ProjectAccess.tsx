import {
  ActionIcon,
  Badge,
  Button,
  Group,
  MultiSelect,
  Paper,
  Select,
  Skeleton,
  Table,
  Text,
  Title,
} from "@mantine/core";
import { IconEdit, IconPlus, IconUsersGroup } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { Allowed } from "@/parts/Allowed";
import { Failure, Form } from "@/parts/Form";
import { SidePanel } from "@/parts/SidePanel";
import { useForm } from "@/parts/useForm";

type Access = Schema<"ProjectAccess">;

/** Somebody with roles in the project: a person or a group. */
interface Holder {
  kind: "user" | "group";
  id: number;
  name: string;
  roles: number[];
}

const permission = ["UPDATE_PROJECT", "PROJECT_USER_ACCESS_WRITE"];

/** Who has which roles in a project. */
export function ProjectAccess({ projectId }: { projectId: string }) {
  const [editing, setEditing] = useState<Holder | "new">();
  const { data, error } = useQuery({
    queryKey: ["projects", "access", projectId],
    queryFn: () => answer(api.GET("/api/admin/projects/{projectId}/access", { params: { path: { projectId } } })),
  });
  return (
    <Paper withBorder p="lg" component="section" aria-label="Access">
      <Group justify="space-between" mb="sm">
        <Title order={2}>Access</Title>
        <Allowed to={permission} project={projectId}>
          <Button
            size="xs"
            variant="light"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => setEditing("new")}
          >
            Give access
          </Button>
        </Allowed>
      </Group>
      {error ? (
        <Failure of={error} />
      ) : data ? (
        <Holders projectId={projectId} access={data} onEdit={setEditing} />
      ) : (
        <Skeleton height={80} />
      )}
      {editing === "new" && data && (
        <GiveAccess projectId={projectId} access={data} onClose={() => setEditing(undefined)} />
      )}
      {editing && editing !== "new" && data && (
        <EditAccess projectId={projectId} access={data} of={editing} onClose={() => setEditing(undefined)} />
      )}
    </Paper>
  );
}

function holdersOf({ users, groups }: Access): Holder[] {
  return [
    ...groups.map((g): Holder => ({ kind: "group", id: g.id, name: g.name ?? "", roles: g.roles ?? [] })),
    ...users.map(
      (u): Holder => ({
        kind: "user",
        id: u.id,
        name: u.name || u.username || u.email || String(u.id),
        roles: u.roles ?? [],
      }),
    ),
  ];
}

function Holders({ projectId, access, onEdit }: { projectId: string; access: Access; onEdit: (of: Holder) => void }) {
  const holders = holdersOf(access);
  if (holders.length === 0)
    return <Text c="dimmed">Nobody has a role in this project; administrators may do everything.</Text>;
  return (
    <Table aria-label="Who has access">
      <Table.Tbody>
        {holders.map((holder) => (
          <Table.Tr key={`${holder.kind}${holder.id}`}>
            <Table.Td dir="auto">
              {holder.name} {holder.kind === "group" && <IconUsersGroup size={16} aria-label="group" />}
            </Table.Td>
            <Table.Td>
              <Group gap={6}>
                {holder.roles.map((id) => (
                  <Badge key={id} variant="light" color="gray" tt="none">
                    {access.roles.find((role) => role.id === id)?.name ?? id}
                  </Badge>
                ))}
              </Group>
            </Table.Td>
            <Table.Td ta="end">
              <Allowed to={permission} project={projectId}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Change access of ${holder.name}`}
                  onClick={() => onEdit(holder)}
                >
                  <IconEdit size={16} aria-hidden />
                </ActionIcon>
              </Allowed>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

const stale = [["projects"], ["events"], ["me"]];

function GiveAccess({ projectId, access, onClose }: { projectId: string; access: Access; onClose: () => void }) {
  const { data, error } = useQuery({
    queryKey: ["accounts"],
    queryFn: () => answer(api.GET("/api/admin/user-admin/access")),
  });
  const form = useForm({
    initial: { who: [] as string[], role: "" },
    send: ({ who, role }) => {
      const ids = (kind: string) =>
        who.filter((one) => one.startsWith(kind)).map((one) => Number(one.slice(kind.length)));
      const body = { roles: [Number(role)], users: ids("user "), groups: ids("group ") };
      return answer(api.POST("/api/admin/projects/{projectId}/access", { params: { path: { projectId } }, body }));
    },
    stale,
    onDone: onClose,
  });
  const people = [
    { group: "Groups", items: (data?.groups ?? []).map((g) => ({ value: `group ${g.id}`, label: g.name ?? "" })) },
    {
      group: "People",
      items: (data?.users ?? []).map((u) => ({
        value: `user ${u.id}`,
        label: u.name || u.username || u.email || String(u.id),
      })),
    },
  ];
  return (
    <SidePanel opened onClose={onClose} title="Give access" form={form}>
      <Failure of={error} />
      <Form
        form={form}
        submit="Give access"
        onCancel={onClose}
        disabled={form.values.who.length === 0 || !form.values.role}
      >
        <MultiSelect
          label="Who"
          searchable
          data={people.filter(({ items }) => items.length > 0)}
          value={form.values.who}
          onChange={(who) => form.set("who", who)}
        />
        <Select
          label="Role"
          data={access.roles.map((role) => ({ value: String(role.id), label: role.name }))}
          {...form.field("role", "/body/roles")}
          onChange={(role) => form.set("role", role ?? "")}
        />
      </Form>
    </SidePanel>
  );
}

function EditAccess({
  projectId,
  access,
  of,
  onClose,
}: {
  projectId: string;
  access: Access;
  of: Holder;
  onClose: () => void;
}) {
  const form = useForm({
    initial: { roles: of.roles.map(String) },
    send: ({ roles }) => {
      const body = { roles: roles.map(Number) };
      const user = { params: { path: { projectId, userId: String(of.id) } } };
      const group = { params: { path: { projectId, groupId: String(of.id) } } };
      if (of.kind === "user") {
        return body.roles.length > 0
          ? answer(api.PUT("/api/admin/projects/{projectId}/users/{userId}/roles", { ...user, body }))
          : answer(api.DELETE("/api/admin/projects/{projectId}/users/{userId}/roles", user));
      }
      return body.roles.length > 0
        ? answer(api.PUT("/api/admin/projects/{projectId}/groups/{groupId}/roles", { ...group, body }))
        : answer(api.DELETE("/api/admin/projects/{projectId}/groups/{groupId}/roles", group));
    },
    stale,
    onDone: onClose,
  });
  return (
    <SidePanel opened onClose={onClose} title={`Access of ${of.name}`} form={form}>
      <Form form={form} submit={form.values.roles.length === 0 ? "Take all access" : "Save"} onCancel={onClose}>
        <MultiSelect
          label="Roles"
          description="Without any, they lose their access to this project."
          data={access.roles.map((role) => ({ value: String(role.id), label: role.name }))}
          {...form.field("roles")}
          onChange={(roles) => form.set("roles", roles)}
        />
      </Form>
    </SidePanel>
  );
}
