import { Badge, Button, Group, Paper, Skeleton, Stack, Text, Title } from "@mantine/core";
import { IconEdit, IconUser } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Schema } from "@/api/client";
import { role, roleHolders } from "@/api/queries.people";
import { Allowed } from "@/parts/Allowed";
import type { Column } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { LocalTable } from "@/parts/LocalTable";
import { Page } from "@/parts/Page";
import { useCan } from "@/parts/permissions";
import { RowName } from "@/parts/RowName";
import { useTableState } from "@/parts/tableState";
import { givenBy } from "./given";
import { type Holder, holdersOf, pageOf } from "./holders";
import { PermissionMatrix } from "./PermissionMatrix";
import { builtIn, RoleMenu } from "./RoleMenu";
import { Panel } from "./RolesPage";

/** One role: what it gives, and who has it. */
export function RolePage() {
  const { roleId } = useParams({ strict: false }) as { roleId: string };
  const navigate = useNavigate();
  const { data: r, error } = useQuery(role(roleId));
  const [open, setOpen] = useState<"edit" | "copy">();
  const can = useCan();
  if (error && !r) throw error;
  const root = r?.type.startsWith("root") ?? true;
  const list = root ? "/admin/roles" : "/admin/roles/project-roles";
  return (
    <Page
      title={r?.name ?? ""}
      above={[{ title: root ? "Root roles" : "Project roles", to: list }]}
      about={r?.description}
      marks={
        r && (
          <Badge variant="light" color={builtIn(r) ? "gray" : "sea"} tt="none">
            {builtIn(r) ? "built in" : "custom"}
          </Badge>
        )
      }
      actions={
        r && (
          <>
            {!builtIn(r) && (
              <Allowed to="ADMIN">
                <Button
                  variant="light"
                  leftSection={<IconEdit size={18} aria-hidden />}
                  onClick={() => setOpen("edit")}
                >
                  Edit role
                </Button>
              </Allowed>
            )}
            <RoleMenu
              of={r}
              onEdit={() => setOpen("edit")}
              onCopy={() => setOpen("copy")}
              onDeleted={() => void navigate({ to: list as never })}
            />
          </>
        )
      }
    >
      {r ? (
        <Stack gap="lg">
          <Gives of={r} />
          {can("ADMIN") && <Holders of={r} />}
        </Stack>
      ) : (
        <Skeleton height={240} />
      )}
      {r && (
        <Panel
          open={open && (open === "edit" ? { edit: r.id } : { copy: r.id })}
          root={root}
          onClose={() => setOpen(undefined)}
          onMade={(id) => void navigate({ to: `/admin/roles/${id}` as never })}
        />
      )}
    </Page>
  );
}

function Gives({ of: r }: { of: Schema<"RoleDetail"> }) {
  const root = r.type.startsWith("root");
  const reaches = r.permissions.some(({ type }) => type !== "root");
  return (
    <Paper withBorder p="lg" component="section" aria-label="What it gives">
      <Group mb="sm" gap="sm" align="baseline">
        <Title order={2}>What it gives</Title>
        {root && reaches && (
          <Text size="sm" c="dimmed">
            Permissions in projects and environments hold in the project default.
          </Text>
        )}
      </Group>
      <PermissionMatrix scope={root ? (reaches ? "both" : "root") : "project"} given={givenBy(r)} />
    </Paper>
  );
}

const columns: Column<Holder>[] = [
  {
    key: "name",
    label: "Who has it",
    sortable: true,
    heading: true,
    render: (h) => <RowName name={h.name} to={pageOf(h)} />,
  },
  { key: "kind", label: "What it is", sortable: true, width: 170, render: (h) => h.kind },
  {
    key: "where",
    label: "Where",
    sortable: true,
    render: (h) => <span dir="auto">{h.project ? `in project ${h.project}` : "on the whole server"}</span>,
  },
];

const local = {
  text: (h: Holder) => [h.name, h.kind, h.project],
  by: { name: (h: Holder) => h.name, kind: (h: Holder) => h.kind, where: (h: Holder) => h.project ?? "" },
};

function Holders({ of: r }: { of: Schema<"RoleDetail"> }) {
  const state = useTableState({ sort: "name" });
  const { data, error } = useQuery(roleHolders(String(r.id)));
  return (
    <section aria-label="Who has it">
      <Title order={2} mb="sm">
        Who has it
      </Title>
      <LocalTable
        what="holders"
        columns={columns}
        all={data && holdersOf(data)}
        local={local}
        keyOf={(h) => `${h.kind} ${h.id} ${h.project}`}
        state={state}
        failure={error}
        empty={
          <Empty icon={<IconUser />} title="Nobody has it">
            {r.type.startsWith("root")
              ? "Give it to a person, a service account or a group."
              : "Give it in the settings of a project."}
          </Empty>
        }
      />
    </section>
  );
}
