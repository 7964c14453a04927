import type { ReactNode } from "react";
import { Page } from "@/parts/Page";
import { TabLinks } from "@/parts/TabLinks";

/** The frame of the pages about all people. */
export function UsersFrame({ actions, children }: { actions?: ReactNode; children: ReactNode }) {
  return (
    <Page title="Users" about="The people who can sign in, and what each may do." actions={actions}>
      <TabLinks
        label="Users"
        tabs={[
          { title: "People", to: "/admin/users", exact: true },
          { title: "Access overview", to: "/admin/users/access" },
          { title: "Inactive", to: "/admin/users/inactive" },
          { title: "Sign-up links", to: "/admin/invite-link" },
        ]}
      />
      {children}
    </Page>
  );
}
