import { useParams } from "@tanstack/react-router";
import { Changes } from "@/parts/Changes";

/** Who changed what about a flag. */
export function FlagHistory() {
  const { featureName } = useParams({ strict: false }) as { featureName: string };
  return <Changes filter={{ feature: `IS:${featureName}` }} />;
}
