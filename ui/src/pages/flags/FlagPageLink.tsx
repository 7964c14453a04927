import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";

interface Props {
  projectId: string;
  featureName: string;
  page: "connect" | "metrics" | "logs";
  size?: "xs";
  children: string;
}

/** A button that leads to another tab of a flag. */
export function FlagPageLink({ projectId, featureName, page, size, children }: Props) {
  return (
    <Button
      size={size}
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
