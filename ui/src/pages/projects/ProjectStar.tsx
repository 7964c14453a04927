import { answer, api } from "@/api/client";
import { Star } from "@/parts/Star";

interface Props {
  projectId: string;
  name: string;
  favorite: boolean;
}

/** Makes a project one's favourite. */
export function ProjectStar({ projectId, name, favorite }: Props) {
  const path = { projectId };
  return (
    <Star
      name={name}
      favorite={favorite}
      stale={[["projects"]]}
      set={(to) =>
        to
          ? answer(api.POST("/api/admin/projects/{projectId}/favorites", { params: { path } }))
          : answer(api.DELETE("/api/admin/projects/{projectId}/favorites", { params: { path } }))
      }
    />
  );
}
