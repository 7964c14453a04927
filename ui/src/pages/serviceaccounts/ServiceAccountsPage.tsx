import { Button, Text } from "@mantine/core";
import { IconPlus, IconRobot } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import type { Schema } from "@/api/client";
import { serviceAccounts } from "@/api/queries.people";
import { Ago } from "@/parts/Ago";
import { Allowed } from "@/parts/Allowed";
import { accountName, otherNames } from "@/parts/accountName";
import type { Column } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { LocalTable } from "@/parts/LocalTable";
import { Page } from "@/parts/Page";
import { RowName } from "@/parts/RowName";
import { useTableState } from "@/parts/tableState";
import { DisabledBadge } from "../users/UsersPage";
import { ServiceAccountMenu } from "./ServiceAccountMenu";
import { ServiceAccountPanel } from "./ServiceAccountPanel";

type Account = Schema<"ServiceAccount">;

/** When one of its tokens was used last. */
function lastUse({ tokens }: Account): string | undefined {
  return tokens
    .map(({ seenAt }) => seenAt ?? "")
    .sort()
    .at(-1);
}

/** Accounts for programs. */
export function ServiceAccountsPage() {
  const state = useTableState({ sort: "name" });
  const navigate = useNavigate();
  const { data, error } = useQuery(serviceAccounts());
  const [open, setOpen] = useState<number | "new">();
  const roles = data?.rootRoles ?? [];
  const roleName = (a: Account) => roles.find(({ id }) => id === a.rootRole)?.name ?? "";
  const create = (
    <Allowed to="ADMIN">
      <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setOpen("new")}>
        New service account
      </Button>
    </Allowed>
  );
  return (
    <Page
      title="Service accounts"
      about="Accounts for programs: with roles as people have them, tokens in the place of a password, and nobody who leaves."
      actions={create}
    >
      <LocalTable
        what="service accounts"
        columns={columns(roleName, (a) => setOpen(a.id))}
        all={data?.serviceAccounts}
        local={{
          text: (a) => [a.name, a.username, roleName(a), ...a.tokens.map(({ description }) => description)],
          by: {
            name: accountName,
            role: roleName,
            tokens: (a) => a.tokens.length,
            used: (a) => lastUse(a) ?? "",
            created: (a) => a.createdAt,
          },
        }}
        keyOf={(a) => String(a.id)}
        state={state}
        failure={error}
        empty={
          <Empty icon={<IconRobot />} title="No service accounts yet" action={create}>
            For a pipeline, Terraform or a bot: give it the roles it needs, then make a token for it.
          </Empty>
        }
      />
      {open !== undefined && (
        <ServiceAccountPanel
          id={open === "new" ? undefined : open}
          roles={roles}
          onClose={() => setOpen(undefined)}
          onMade={({ id }) => void navigate({ to: `/admin/service-accounts/${id}` as never })}
        />
      )}
    </Page>
  );
}

function columns(roleName: (a: Account) => string, onEdit: (a: Account) => void): Column<Account>[] {
  return [
    {
      key: "name",
      label: "Service account",
      sortable: true,
      heading: true,
      render: (a) => (
        <RowName
          name={accountName(a)}
          to={`/admin/service-accounts/${a.id}`}
          about={otherNames(a)}
          marks={a.disabledAt ? <DisabledBadge /> : null}
        />
      ),
    },
    {
      key: "role",
      label: "Root role",
      sortable: true,
      width: 170,
      render: (a) => <span dir="auto">{roleName(a)}</span>,
    },
    {
      key: "tokens",
      label: "Tokens",
      sortable: true,
      align: "end",
      width: 100,
      render: (a) =>
        a.tokens.length || (
          <Text span inherit c="dimmed">
            none
          </Text>
        ),
    },
    { key: "used", label: "Last used", sortable: true, width: 150, render: (a) => <Ago time={lastUse(a)} /> },
    {
      key: "created",
      label: "Created",
      sortable: true,
      wideOnly: true,
      width: 140,
      render: (a) => <Ago time={a.createdAt} />,
    },
    {
      key: "actions",
      label: "",
      align: "end",
      width: 60,
      render: (a) => <ServiceAccountMenu of={a} onEdit={() => onEdit(a)} />,
    },
  ];
}
