import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { flag } from "@/api/queries";

/** The flag that the address names. */
export function useFlag() {
  const { projectId, featureName } = useParams({ strict: false }) as { projectId: string; featureName: string };
  const { data, error } = useQuery(flag(projectId, featureName));
  return { projectId, featureName, data, error };
}
