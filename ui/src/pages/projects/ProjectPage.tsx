import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { project } from "@/api/queries";
import { Page } from "@/parts/Page";

/** One project: its flags. */
export function ProjectPage() {
  const { projectId } = useParams({ from: "/shell/projects/$projectId" });
  const { data, error } = useQuery(project(projectId));
  if (error) throw error;
  return (
    <Page title={data?.name ?? projectId} above={[{ title: "Projects", to: "/projects" }]}>
      …
    </Page>
  );
}
