import { Outlet } from "@tanstack/react-router";
import { Page } from "@/parts/Page";
import { TabLinks } from "@/parts/TabLinks";

const at = "/admin/instance";

/** The frame of what concerns the whole server. */
export function InstancePage() {
  return (
    <Page title="Instance" about="This server, or all nodes on its database together.">
      <TabLinks
        label="Instance"
        tabs={[
          { title: "Overview", to: at, exact: true },
          { title: "Limits", to: `${at}/limits` },
          { title: "Web origins", to: `${at}/origins` },
          { title: "Flag types", to: `${at}/flag-types` },
        ]}
      />
      <Outlet />
    </Page>
  );
}
