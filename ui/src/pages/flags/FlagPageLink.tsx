import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";

interface Props {
  projectId: string;
  featureName: string;
  page: "connect" | "metrics" | "logs";
  children: string;
}

/** A button that leads to another tab of a flag. */
export function FlagPageLink({ projectId, featureName, page, children }: Props) {
  return (
    <Button
      renderRoot={(props) => (
        <Link
          to={`/projects/$projectId/features/$featureName/${page}`}
          params={{ projectId, featureName }}
          {...props}
        />
      )}
    >
      {children}
    </Button>
  );
}
