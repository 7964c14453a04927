import { Anchor, Badge, Group, Text } from "@mantine/core";
import { IconClockExclamation } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { answer, api, type Schema } from "@/api/client";
import { Star } from "@/parts/Star";

/** A flag in a list: star, name, marks, tags, description. */
export function FlagName({ flag, withProject }: { flag: Schema<"FoundFlag">; withProject: boolean }) {
  const params = { projectId: flag.project, featureName: flag.name };
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <FlagStar {...params} favorite={flag.favorite} />
      <div style={{ minWidth: 0 }}>
        <Group gap={8}>
          <Anchor
            fw={600}
            dir="auto"
            renderRoot={(props) => <Link to="/projects/$projectId/features/$featureName" params={params} {...props} />}
          >
            {flag.name}
          </Anchor>
          {flag.stale && <Stale />}
          {flag.dependencyType && (
            <Badge size="sm" variant="default" tt="none">
              {flag.dependencyType === "child" ? "depends on another" : "others depend on it"}
            </Badge>
          )}
          {flag.tags.map((tag) => (
            <Badge key={`${tag.type}:${tag.value}`} size="sm" variant="light" color="gray" tt="none">
              {tag.type}:{tag.value}
            </Badge>
          ))}
        </Group>
        <Text size="sm" c="dimmed" lineClamp={1} dir="auto">
          {withProject && (
            <Anchor
              c="dimmed"
              size="sm"
              renderRoot={(props) => <Link to="/projects/$projectId" params={{ projectId: flag.project }} {...props} />}
            >
              {flag.project}
            </Anchor>
          )}
          {withProject && flag.description ? " · " : ""}
          {flag.description}
        </Text>
      </div>
    </Group>
  );
}

/** The mark of a flag that should go. */
export function Stale() {
  return (
    <Badge
      size="sm"
      variant="light"
      color="orange"
      c="light-dark(#8a3b00, #ffc078)"
      tt="none"
      leftSection={<IconClockExclamation size={12} aria-hidden />}
    >
      Stale
    </Badge>
  );
}

interface StarProps {
  projectId: string;
  featureName: string;
  favorite: boolean;
}

/** Makes a flag one's favourite. */
export function FlagStar({ projectId, featureName, favorite }: StarProps) {
  const path = { projectId, featureName };
  return (
    <Star
      name={featureName}
      favorite={favorite}
      stale={[["flags"]]}
      set={(to) =>
        to
          ? answer(api.POST("/api/admin/projects/{projectId}/features/{featureName}/favorites", { params: { path } }))
          : answer(api.DELETE("/api/admin/projects/{projectId}/features/{featureName}/favorites", { params: { path } }))
      }
    />
  );
}
