import { Button } from "@mantine/core";
import { IconEdit } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { user, users } from "@/api/queries.people";
import { Ago } from "@/parts/Ago";
import { Allowed } from "@/parts/Allowed";
import { accountName, otherNames } from "@/parts/accountName";
import { Page } from "@/parts/Page";
import { TabLinks } from "@/parts/TabLinks";
import { EditUser } from "./EditUser";
import { UserMenu } from "./UserMenu";
import { DisabledBadge } from "./UsersPage";

/** The frame of one person: who it is, and the tabs. */
export function UserPage() {
  const { userId } = useParams({ strict: false }) as { userId: string };
  const navigate = useNavigate();
  const { data: u, error } = useQuery(user(userId));
  const roles = useQuery(users()).data?.rootRoles ?? [];
  const [editing, setEditing] = useState(false);
  if (error && !u) throw error;
  const at = `/admin/users/${userId}`;
  const role = roles.find(({ id }) => id === u?.rootRole)?.name;
  return (
    <Page
      title={u ? accountName(u) : ""}
      above={[{ title: "Users", to: "/admin/users" }]}
      marks={u?.disabledAt ? <DisabledBadge /> : null}
      about={
        u && (
          <>
            {[otherNames(u), role].filter(Boolean).join(" · ")} · last sign-in <Ago time={u.seenAt} />
          </>
        )
      }
      actions={
        u && (
          <>
            <Allowed to="ADMIN">
              <Button variant="light" leftSection={<IconEdit size={18} aria-hidden />} onClick={() => setEditing(true)}>
                Edit user
              </Button>
            </Allowed>
            <UserMenu
              of={u}
              onEdit={() => setEditing(true)}
              onDeleted={() => void navigate({ to: "/admin/users" as never })}
            />
          </>
        )
      }
    >
      <TabLinks
        label="User"
        tabs={[
          { title: "Access", to: at, exact: true },
          { title: "Personal tokens", to: `${at}/tokens` },
          { title: "What they did", to: `${at}/logs` },
        ]}
      />
      <Outlet />
      {u && editing && <EditUser id={u.id} roles={roles} onClose={() => setEditing(false)} />}
    </Page>
  );
}
