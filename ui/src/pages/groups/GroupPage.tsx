import { Anchor, Badge, Button, Group as Row, Skeleton, Text, Title } from "@mantine/core";
import { IconUserPlus, IconUsers } from "@tabler/icons-react";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Schema } from "@/api/client";
import { group, projectAccess, roles } from "@/api/queries.people";
import { Ago } from "@/parts/Ago";
import { Allowed } from "@/parts/Allowed";
import { accountName, otherNames } from "@/parts/accountName";
import type { Column } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { LocalTable } from "@/parts/LocalTable";
import { Page } from "@/parts/Page";
import { RowName } from "@/parts/RowName";
import { useTableState } from "@/parts/tableState";
import { GroupMenu } from "./GroupMenu";
import classes from "./GroupPage.module.css";
import { GroupPanel } from "./GroupPanel";

type Member = Schema<"GroupUser">;

const columns: Column<Member>[] = [
  {
    key: "name",
    label: "Member",
    sortable: true,
    heading: true,
    render: ({ user }) => (
      <RowName
        name={accountName(user)}
        to={`/admin/${user.accountType === "Service Account" ? "service-accounts" : "users"}/${user.id}`}
        about={otherNames(user)}
      />
    ),
  },
  {
    key: "joined",
    label: "Since",
    sortable: true,
    width: 200,
    render: (m) => (
      <span dir="auto">
        <Ago time={m.joinedAt} />
        {m.createdBy && `, by ${m.createdBy}`}
      </span>
    ),
  },
  { key: "seen", label: "Last sign-in", sortable: true, width: 150, render: ({ user }) => <Ago time={user.seenAt} /> },
];

const local = {
  text: ({ user }: Member) => [user.name, user.username, user.email],
  by: {
    name: ({ user }: Member) => accountName(user),
    joined: (m: Member) => m.joinedAt,
    seen: ({ user }: Member) => user.seenAt ?? "",
  },
};

/** One group: its members, and what they hold by it. */
export function GroupPage() {
  const { groupId } = useParams({ strict: false }) as { groupId: string };
  const navigate = useNavigate();
  const state = useTableState({ sort: "name" });
  const { data: g, error } = useQuery(group(groupId));
  const [editing, setEditing] = useState(false);
  if (error && !g) throw error;
  const edit = (
    <Allowed to="ADMIN">
      <Button variant="light" leftSection={<IconUserPlus size={18} aria-hidden />} onClick={() => setEditing(true)}>
        Change members
      </Button>
    </Allowed>
  );
  return (
    <Page
      title={g?.name ?? ""}
      above={[{ title: "Groups", to: "/admin/groups" }]}
      about={g?.description}
      actions={
        g && (
          <>
            {edit}
            <GroupMenu
              of={g}
              onEdit={() => setEditing(true)}
              onDeleted={() => void navigate({ to: "/admin/groups" as never })}
            />
          </>
        )
      }
    >
      {g ? <Gives of={g} /> : <Skeleton height={60} mb="md" />}
      <LocalTable
        what="members"
        columns={columns}
        all={g?.users}
        local={local}
        keyOf={({ user }) => String(user.id)}
        state={state}
        empty={
          <Empty icon={<IconUsers />} title="Nobody is in this group" action={edit}>
            Members hold all that the group holds, from the moment they join.
          </Empty>
        }
      />
      {g && editing && <GroupPanel groupId={g.id} onClose={() => setEditing(false)} />}
    </Page>
  );
}

/** What the group gives its members. */
function Gives({ of: g }: { of: Schema<"Group"> }) {
  const known = useQuery(roles()).data?.roles ?? [];
  const held = useQueries({ queries: g.projects.map((projectId) => projectAccess(projectId)) });
  const name = (id: number) => known.find((role) => role.id === id)?.name ?? String(id);
  return (
    <section className={classes.gives} aria-label="What members hold by it">
      <Title order={2} fz="sm" c="dimmed" fw={600}>
        Members hold by it
      </Title>
      {!g.rootRole && g.projects.length === 0 && (
        <Text size="sm">nothing yet: give it a root role here, or a role in the settings of a project.</Text>
      )}
      <Row gap="xs">
        {g.rootRole && (
          <Badge size="lg" variant="light" tt="none" dir="auto">
            {name(g.rootRole)} on the whole server
          </Badge>
        )}
        {g.projects.map((projectId, index) => (
          <Badge
            key={projectId}
            size="lg"
            variant="light"
            color="gray"
            tt="none"
            dir="auto"
            renderRoot={(props) => (
              <Anchor
                {...props}
                renderRoot={(link) => <Link to={`/projects/${encodeURIComponent(projectId)}/settings`} {...link} />}
              />
            )}
          >
            {rolesOf(held[index]?.data, g.id).map(name).join(", ") || "a role"} in {projectId}
          </Badge>
        ))}
      </Row>
    </section>
  );
}

function rolesOf(access: Schema<"ProjectAccess"> | undefined, groupId: number): number[] {
  return access?.groups.find(({ id }) => id === groupId)?.roles ?? [];
}
