import { useParams } from "@tanstack/react-router";
import { Changes } from "@/parts/Changes";

/** Who changed what in a project. */
export function ProjectHistory() {
  const { projectId } = useParams({ strict: false }) as { projectId: string };
  return <Changes filter={{ project: `IS:${projectId}` }} />;
}
