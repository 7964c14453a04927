import { Button, Text } from "@mantine/core";
import { IconPlus, IconUsersGroup } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schema } from "@/api/client";
import { groups, roles } from "@/api/queries.people";
import { Ago } from "@/parts/Ago";
import { Allowed } from "@/parts/Allowed";
import { accountName } from "@/parts/accountName";
import type { Column } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { LocalTable } from "@/parts/LocalTable";
import { Page } from "@/parts/Page";
import { RowName } from "@/parts/RowName";
import { useTableState } from "@/parts/tableState";
import { listWords } from "@/parts/words";
import { GroupMenu } from "./GroupMenu";
import { GroupPanel } from "./GroupPanel";

type Group = Schema<"Group">;

/** Groups: roles that many people hold together. */
export function GroupsPage() {
  const state = useTableState({ sort: "name" });
  const { data, error } = useQuery(groups());
  const known = useQuery(roles()).data?.roles ?? [];
  const [open, setOpen] = useState<number | "new">();
  const roleName = (g: Group) => known.find(({ id }) => id === g.rootRole)?.name ?? "";
  const create = (
    <Allowed to="ADMIN">
      <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setOpen("new")}>
        New group
      </Button>
    </Allowed>
  );
  return (
    <Page
      title="Groups"
      about="Roles that many people hold together: who joins has them, who leaves has them no more."
      actions={create}
    >
      <LocalTable
        what="groups"
        columns={columns(roleName, (g) => setOpen(g.id))}
        all={data?.groups}
        local={{
          text: (g) => [g.name, g.description, ...g.projects, ...g.users.map(({ user }) => accountName(user))],
          by: {
            name: (g) => g.name,
            members: (g) => g.userCount,
            role: roleName,
            projects: (g) => g.projects.length,
            created: (g) => g.createdAt,
          },
        }}
        keyOf={(g) => String(g.id)}
        state={state}
        failure={error}
        empty={
          <Empty icon={<IconUsersGroup />} title="No groups yet" action={create}>
            Such as a team: give it a role in a project once, and everybody in it has that role.
          </Empty>
        }
      />
      {open !== undefined && (
        <GroupPanel groupId={open === "new" ? undefined : open} onClose={() => setOpen(undefined)} />
      )}
    </Page>
  );
}

const none = (
  <Text span inherit c="dimmed">
    none
  </Text>
);

function columns(roleName: (g: Group) => string, onEdit: (g: Group) => void): Column<Group>[] {
  return [
    {
      key: "name",
      label: "Group",
      sortable: true,
      heading: true,
      render: (g) => <RowName name={g.name} to={`/admin/groups/${g.id}`} about={g.description} />,
    },
    { key: "members", label: "Members", sortable: true, align: "end", width: 110, render: (g) => g.userCount },
    {
      key: "role",
      label: "Root role",
      sortable: true,
      width: 150,
      render: (g) => (g.rootRole ? <span dir="auto">{roleName(g)}</span> : none),
    },
    {
      key: "projects",
      label: "Roles in projects",
      sortable: true,
      render: (g) => (g.projects.length > 0 ? <span dir="auto">{listWords(g.projects, 3)}</span> : none),
    },
    {
      key: "created",
      label: "Created",
      sortable: true,
      wideOnly: true,
      width: 140,
      render: (g) => <Ago time={g.createdAt} />,
    },
    {
      key: "actions",
      label: "",
      align: "end",
      width: 60,
      render: (g) => <GroupMenu of={g} onEdit={() => onEdit(g)} />,
    },
  ];
}
