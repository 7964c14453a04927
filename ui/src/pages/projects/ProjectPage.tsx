import { Badge } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useParams } from "@tanstack/react-router";
import { project } from "@/api/queries";
import { Page } from "@/parts/Page";
import { useCan } from "@/parts/permissions";
import { TabLinks } from "@/parts/TabLinks";
import { ProjectStar } from "./ProjectStar";

/** The frame of one project: its name and its tabs. */
export function ProjectPage() {
  const { projectId } = useParams({ strict: false }) as { projectId: string };
  const { data, error } = useQuery(project(projectId));
  if (error && !data) throw error;
  const can = useCan();
  const at = `/projects/${encodeURIComponent(projectId)}`;
  return (
    <Page
      title={data?.name ?? projectId}
      above={[{ title: "Projects", to: "/projects" }]}
      about={data?.description}
      marks={
        data && (
          <>
            <ProjectStar projectId={projectId} name={data.name} favorite={data.favorite} />
            {data.mode !== "open" && (
              <Badge variant="light" color="gray" tt="none">
                {data.mode}
              </Badge>
            )}
          </>
        )
      }
    >
      <TabLinks
        label="Project"
        tabs={[
          { title: "Flags", to: at, exact: true },
          { title: "History", to: `${at}/logs` },
          { title: "Archive", to: `${at}/archive` },
          ...(can("READ_PROJECT_API_TOKEN", { project: projectId })
            ? [{ title: "API tokens", to: `${at}/settings/api-access` }]
            : []),
          { title: "Settings", to: `${at}/settings`, exact: true },
        ]}
      />
      <Outlet />
    </Page>
  );
}
