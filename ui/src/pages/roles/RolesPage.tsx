import { Badge, Button } from "@mantine/core";
import { IconPlus, IconShieldLock } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Schema } from "@/api/client";
import { role, roles } from "@/api/queries.people";
import { Allowed } from "@/parts/Allowed";
import type { Column } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { LocalTable } from "@/parts/LocalTable";
import { Page } from "@/parts/Page";
import { RowName } from "@/parts/RowName";
import { TabLinks } from "@/parts/TabLinks";
import { useTableState } from "@/parts/tableState";
import { builtIn, RoleMenu } from "./RoleMenu";
import { RolePanel } from "./RolePanel";

type Role = Schema<"RoleInfo">;
type Open = "new" | { edit: number } | { copy: number } | undefined;

/** Roles that hold on the whole server. */
export function RootRolesPage() {
  return <Roles root />;
}

/** Roles that are held in one project at a time. */
export function ProjectRolesPage() {
  return <Roles root={false} />;
}

const onServer = ({ type }: Role) => type.startsWith("root");

const local = {
  text: (r: Role) => [r.name, r.description],
  by: {
    name: (r: Role) => r.name,
    // Those of the server in their own order, before the others.
    kind: (r: Role) => (builtIn(r) ? r.id : 1000),
    holders: (r: Role) => r.holders ?? 0,
  },
};

function Roles({ root }: { root: boolean }) {
  const state = useTableState({ sort: "kind" });
  const navigate = useNavigate();
  const { data, error } = useQuery(roles());
  const [open, setOpen] = useState<Open>();
  const create = (
    <Allowed to="ADMIN">
      <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setOpen("new")}>
        {root ? "New root role" : "New project role"}
      </Button>
    </Allowed>
  );
  return (
    <Page
      title="Roles"
      about={
        root
          ? "Everybody has one root role: what they may do on the whole server."
          : "Held in one project at a time, any number of them, by people and groups."
      }
      actions={create}
    >
      <TabLinks
        label="Roles"
        tabs={[
          { title: "Root roles", to: "/admin/roles", exact: true },
          { title: "Project roles", to: "/admin/roles/project-roles" },
        ]}
      />
      <LocalTable
        what="roles"
        columns={columns((r) => (change) => setOpen({ [change]: r.id } as Open))}
        all={data?.roles.filter((r) => onServer(r) === root)}
        local={local}
        keyOf={(r) => String(r.id)}
        state={state}
        failure={error}
        empty={
          <Empty icon={<IconShieldLock />} title="No roles" action={create}>
            A role is a set of permissions under a name.
          </Empty>
        }
      />
      <Panel
        open={open}
        root={root}
        onClose={() => setOpen(undefined)}
        onMade={(id) => void navigate({ to: `/admin/roles/${id}` as never })}
      />
    </Page>
  );
}

interface PanelProps {
  open: Open;
  root: boolean;
  onClose: () => void;
  onMade: (id: number) => void;
}

/** The editor, for a new role, a copy or a change. */
export function Panel({ open, root, onClose, onMade }: PanelProps) {
  const copied = typeof open === "object" && "copy" in open ? open.copy : undefined;
  const like = useQuery({ ...role(String(copied)), enabled: copied !== undefined }).data;
  if (!open || (copied !== undefined && !like)) return null;
  const roleId = typeof open === "object" && "edit" in open ? open.edit : undefined;
  return (
    <RolePanel
      kind={root ? "root-custom" : "custom"}
      roleId={roleId}
      like={copied === undefined ? undefined : like}
      onClose={onClose}
      onMade={onMade}
    />
  );
}

function columns(onOpen: (r: Role) => (change: "edit" | "copy") => void): Column<Role>[] {
  return [
    {
      key: "name",
      label: "Role",
      sortable: true,
      heading: true,
      render: (r) => <RowName name={r.name} to={`/admin/roles/${r.id}`} about={r.description} lines={2} />,
    },
    {
      key: "kind",
      label: "Kind",
      sortable: true,
      width: 130,
      render: (r) => (
        <Badge size="sm" variant="light" color={builtIn(r) ? "gray" : "sea"} tt="none">
          {builtIn(r) ? "built in" : "custom"}
        </Badge>
      ),
    },
    {
      key: "holders",
      label: "Held by",
      sortable: true,
      width: 130,
      align: "end",
      render: (r) => r.holders?.toLocaleString("en") ?? "",
    },
    {
      key: "actions",
      label: "",
      align: "end",
      width: 60,
      render: (r) => <RoleMenu of={r} onEdit={() => onOpen(r)("edit")} onCopy={() => onOpen(r)("copy")} />,
    },
  ];
}
