import { Badge, Button, Select } from "@mantine/core";
import { IconLock, IconUserPlus, IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schema } from "@/api/client";
import { users } from "@/api/queries.people";
import { Ago } from "@/parts/Ago";
import { Allowed } from "@/parts/Allowed";
import { accountName, otherNames } from "@/parts/accountName";
import type { Column } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { LocalTable } from "@/parts/LocalTable";
import { RowName } from "@/parts/RowName";
import { useTableState } from "@/parts/tableState";
import { EditUser } from "./EditUser";
import { NewUser } from "./NewUser";
import { UserMenu } from "./UserMenu";
import { UsersFrame } from "./UsersFrame";

type User = Schema<"Account">;

const states = [
  { value: "", label: "Everybody" },
  { value: "active", label: "Who can sign in" },
  { value: "disabled", label: "Disabled" },
  { value: "never", label: "Never signed in" },
];

const inState: Record<string, (u: User) => boolean> = {
  active: (u) => !u.disabledAt,
  disabled: (u) => !!u.disabledAt,
  never: (u) => !u.seenAt,
};

/** Everybody who can sign in. */
export function UsersPage() {
  const state = useTableState({ sort: "name" });
  const { data, error } = useQuery(users());
  const [open, setOpen] = useState<number | "new">();
  const roles = data?.rootRoles ?? [];
  const roleName = (u: User) => roles.find(({ id }) => id === u.rootRole)?.name ?? "";
  const close = () => setOpen(undefined);
  const create = (
    <Allowed to="ADMIN">
      <Button leftSection={<IconUserPlus size={18} aria-hidden />} onClick={() => setOpen("new")}>
        New user
      </Button>
    </Allowed>
  );
  const role = state.filter("role");
  const fits = inState[state.filter("state")];
  const rows = data?.users.filter((u) => (!role || String(u.rootRole) === role) && (!fits || fits(u)));
  return (
    <UsersFrame actions={create}>
      <LocalTable
        what="people"
        columns={columns(roleName, (u) => setOpen(u.id))}
        all={rows}
        local={{
          text: (u) => [u.name, u.username, u.email, roleName(u)],
          by: { name: accountName, role: roleName, seen: (u) => u.seenAt ?? "", created: (u) => u.createdAt ?? "" },
        }}
        keyOf={(u) => String(u.id)}
        state={state}
        failure={error}
        filters={
          <>
            <Select
              aria-label="Root role"
              w={170}
              data={[
                { value: "", label: "Any root role" },
                ...roles.map((r) => ({ value: String(r.id), label: r.name })),
              ]}
              value={role}
              allowDeselect={false}
              onChange={(value) => state.set({ role: value ?? "" })}
            />
            <Select
              aria-label="State"
              w={170}
              data={states}
              value={state.filter("state")}
              allowDeselect={false}
              onChange={(value) => state.set({ state: value ?? "" })}
            />
          </>
        }
        empty={
          <Empty icon={<IconUsers />} title="Nobody yet" action={create}>
            Add the people of your team; each gets a role on the server, and more in projects.
          </Empty>
        }
      />
      {open === "new" && <NewUser roles={roles} onClose={close} />}
      {typeof open === "number" && <EditUser id={open} roles={roles} onClose={close} />}
    </UsersFrame>
  );
}

function columns(roleName: (u: User) => string, onEdit: (u: User) => void): Column<User>[] {
  return [
    { key: "name", label: "Person", sortable: true, heading: true, render: (u) => <Name of={u} /> },
    {
      key: "role",
      label: "Root role",
      sortable: true,
      width: 170,
      render: (u) => <span dir="auto">{roleName(u)}</span>,
    },
    { key: "seen", label: "Last sign-in", sortable: true, width: 150, render: (u) => <Ago time={u.seenAt} /> },
    {
      key: "created",
      label: "Added",
      sortable: true,
      wideOnly: true,
      width: 150,
      render: (u) => <Ago time={u.createdAt} never="" />,
    },
    {
      key: "actions",
      label: "",
      align: "end",
      width: 60,
      render: (u) => <UserMenu of={u} onEdit={() => onEdit(u)} />,
    },
  ];
}

function Name({ of: u }: { of: User }) {
  return (
    <RowName
      name={accountName(u)}
      to={`/admin/users/${u.id}`}
      about={otherNames(u)}
      marks={u.disabledAt ? <DisabledBadge /> : null}
    />
  );
}

/** Marks an account that opens nothing. */
export function DisabledBadge() {
  return (
    <Badge size="sm" variant="light" color="gray" tt="none" leftSection={<IconLock size={11} aria-hidden />}>
      disabled
    </Badge>
  );
}
