import {
  ActionIcon,
  Anchor,
  Badge,
  Button,
  Group,
  MultiSelect,
  Paper,
  Skeleton,
  Table,
  Text,
  Title,
} from "@mantine/core";
import { IconEdit, IconPlus, IconRobot, IconUsersGroup } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { accounts, projectAccess } from "@/api/queries.people";
import { Allowed } from "@/parts/Allowed";
import { accountName, otherNames } from "@/parts/accountName";
import { Failure, Form } from "@/parts/Form";
import { useCan } from "@/parts/permissions";
import { SidePanel } from "@/parts/SidePanel";
import { useForm } from "@/parts/useForm";

type Access = Schema<"ProjectAccess">;

/** Somebody with roles in the project: a person or a group. */
interface Holder {
  kind: "user" | "service account" | "group";
  id: number;
  name: string;
  roles: number[];
}

const permission = ["UPDATE_PROJECT", "PROJECT_USER_ACCESS_WRITE"];

/** Who has which roles in a project. */
export function ProjectAccess({ projectId }: { projectId: string }) {
  const [editing, setEditing] = useState<Holder | "new">();
  const { data, error } = useQuery(projectAccess(projectId));
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
        kind: u.isAPI ? "service account" : "user",
        id: u.id,
        name: accountName(u),
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
              <Name of={holder} />
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

/** Who it is; a link for those who may see people. */
function Name({ of: { kind, id, name } }: { of: Holder }) {
  const admin = useCan()("ADMIN");
  const area = { user: "users", "service account": "service-accounts", group: "groups" }[kind];
  const mark =
    kind === "group" ? (
      <IconUsersGroup size={16} aria-label="group" />
    ) : (
      kind === "service account" && <IconRobot size={16} aria-label="service account" />
    );
  return (
    <>
      {admin ? (
        <Anchor fz="sm" fw={600} renderRoot={(props) => <Link to={`/admin/${area}/${id}` as never} {...props} />}>
          {name}
        </Anchor>
      ) : (
        name
      )}{" "}
      {mark}
    </>
  );
}

/** The roles that can be given, each with what it is for. */
function RolesField({ roles, form }: { roles: Access["roles"]; form: RolesForm }) {
  const about = new Map(roles.map((role) => [String(role.id), role.description]));
  return (
    <MultiSelect
      label="Roles"
      description="Any number: what they give adds up."
      searchable
      data={roles.map((role) => ({ value: String(role.id), label: role.name }))}
      renderOption={({ option }) => (
        <div dir="auto">
          {option.label}
          <Text size="xs" c="dimmed">
            {about.get(option.value)}
          </Text>
        </div>
      )}
      {...form.field("roles")}
      onChange={(all) => form.set("roles", all)}
    />
  );
}

interface RolesForm {
  field: (key: "roles") => { value: string[]; error: string | undefined; name: string };
  set: (key: "roles", roles: string[]) => void;
}

const stale = [["projects"], ["people"], ["events"], ["me"]];

function GiveAccess({ projectId, access, onClose }: { projectId: string; access: Access; onClose: () => void }) {
  const { data, error } = useQuery(accounts());
  const form = useForm({
    initial: { who: [] as string[], roles: [] as string[] },
    send: ({ who, roles }) => {
      const ids = (kind: string) =>
        who.filter((one) => one.startsWith(kind)).map((one) => Number(one.slice(kind.length)));
      const body = { roles: roles.map(Number), users: ids("user "), groups: ids("group ") };
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
        label: [accountName(u), otherNames(u)].filter(Boolean).join(" · "),
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
        disabled={form.values.who.length === 0 || form.values.roles.length === 0}
      >
        <MultiSelect
          label="Who"
          searchable
          data={people.filter(({ items }) => items.length > 0)}
          value={form.values.who}
          onChange={(who) => form.set("who", who)}
        />
        <RolesField roles={access.roles} form={form} />
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
      if (of.kind !== "group") {
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
        <RolesField roles={access.roles} form={form} />
        {form.values.roles.length === 0 && (
          <Text size="sm" c="dimmed">
            Without any role they lose their access to this project.
          </Text>
        )}
      </Form>
    </SidePanel>
  );
}
