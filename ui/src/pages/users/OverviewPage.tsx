import { Text } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "@/api/client";
import { accessOverview, users } from "@/api/queries.people";
import { Ago } from "@/parts/Ago";
import type { Column } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { LocalTable } from "@/parts/LocalTable";
import { RowName } from "@/parts/RowName";
import { useTableState } from "@/parts/tableState";
import { listWords } from "@/parts/words";
import { UsersFrame } from "./UsersFrame";

type Access = Schema<"AccountAccess">;

const none = (
  <Text span inherit c="dimmed">
    none
  </Text>
);

const local = {
  text: (a: Access) => [a.userName, a.userEmail, a.rootRole, ...a.groups, ...a.accessibleProjects],
  by: {
    name: (a: Access) => a.userName || a.userEmail,
    role: (a: Access) => a.rootRole,
    projects: (a: Access) => a.accessibleProjects.length,
    seen: (a: Access) => a.lastSeen ?? "",
  },
};

/** Who may do what: everybody, service accounts included, with role, groups and projects. */
export function OverviewPage() {
  const state = useTableState({ sort: "name" });
  const { data, error } = useQuery(accessOverview());
  const people = useQuery(users()).data?.users;
  const isPerson = (a: Access) => !people || people.some(({ id }) => id === a.userId);
  const pageOf = (a: Access) => `/admin/${isPerson(a) ? "users" : "service-accounts"}/${a.userId}`;
  const columns: Column<Access>[] = [
    {
      key: "name",
      label: "Account",
      sortable: true,
      heading: true,
      render: (a) => (
        <RowName
          name={a.userName || a.userEmail}
          to={pageOf(a)}
          about={isPerson(a) ? a.userName && a.userEmail : "service account"}
        />
      ),
    },
    {
      key: "role",
      label: "Root role",
      sortable: true,
      width: 150,
      render: (a) => <span dir="auto">{a.rootRole}</span>,
    },
    {
      key: "groups",
      label: "Groups",
      render: (a) => (a.groups.length > 0 ? <span dir="auto">{listWords(a.groups, 3)}</span> : none),
    },
    {
      key: "projects",
      label: "Projects with a role or a right",
      sortable: true,
      render: (a) =>
        a.rootRole === "Admin" ? (
          "all"
        ) : a.accessibleProjects.length > 0 ? (
          <span dir="auto">{listWords(a.accessibleProjects, 4)}</span>
        ) : (
          none
        ),
    },
    { key: "seen", label: "Last sign-in", sortable: true, width: 130, render: (a) => <Ago time={a.lastSeen} /> },
  ];
  return (
    <UsersFrame>
      <LocalTable
        what="accounts"
        columns={columns}
        all={data?.overview}
        local={local}
        keyOf={(a) => String(a.userId)}
        state={state}
        failure={error}
        empty={
          <Empty icon={<IconUsers />} title="Nobody yet">
            Everybody who can do something here is listed.
          </Empty>
        }
      />
    </UsersFrame>
  );
}
