import { Button } from "@mantine/core";
import { IconEdit } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { serviceAccount, serviceAccounts } from "@/api/queries.people";
import { Ago } from "@/parts/Ago";
import { Allowed } from "@/parts/Allowed";
import { accountName, otherNames } from "@/parts/accountName";
import { Page } from "@/parts/Page";
import { TabLinks } from "@/parts/TabLinks";
import { DisabledBadge } from "../users/UsersPage";
import { ServiceAccountMenu } from "./ServiceAccountMenu";
import { ServiceAccountPanel } from "./ServiceAccountPanel";

/** The frame of one service account. */
export function ServiceAccountPage() {
  const { accountId } = useParams({ strict: false }) as { accountId: string };
  const navigate = useNavigate();
  const { data: a, error } = useQuery(serviceAccount(accountId));
  const roles = useQuery(serviceAccounts()).data?.rootRoles ?? [];
  const [editing, setEditing] = useState(false);
  if (error && !a) throw error;
  const at = `/admin/service-accounts/${accountId}`;
  const role = roles.find(({ id }) => id === a?.rootRole)?.name;
  return (
    <Page
      title={a ? accountName(a) : ""}
      above={[{ title: "Service accounts", to: "/admin/service-accounts" }]}
      marks={a?.disabledAt ? <DisabledBadge /> : null}
      about={
        a && (
          <>
            {[otherNames(a), role].filter(Boolean).join(" · ")} · created <Ago time={a.createdAt} />
          </>
        )
      }
      actions={
        a && (
          <>
            <Allowed to="ADMIN">
              <Button variant="light" leftSection={<IconEdit size={18} aria-hidden />} onClick={() => setEditing(true)}>
                Edit account
              </Button>
            </Allowed>
            <ServiceAccountMenu
              of={a}
              onEdit={() => setEditing(true)}
              onDeleted={() => void navigate({ to: "/admin/service-accounts" as never })}
            />
          </>
        )
      }
    >
      <TabLinks
        label="Service account"
        tabs={[
          { title: "Tokens", to: at, exact: true },
          { title: "Access", to: `${at}/access` },
          { title: "What it did", to: `${at}/logs` },
        ]}
      />
      <Outlet />
      {a && editing && <ServiceAccountPanel id={a.id} roles={roles} onClose={() => setEditing(false)} />}
    </Page>
  );
}
