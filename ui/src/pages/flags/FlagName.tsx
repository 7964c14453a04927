import { ActionIcon, Anchor, Badge, Group, Text, Tooltip } from "@mantine/core";
import { IconClockExclamation, IconStar, IconStarFilled } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import { answer, api, type Schema } from "@/api/client";
import { useChange } from "@/api/mutate";

/** A flag in a list: star, name, marks, tags, description. */
export function FlagName({ flag, withProject }: { flag: Schema<"FoundFlag">; withProject: boolean }) {
  const params = { projectId: flag.project, featureName: flag.name };
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <Star {...params} favorite={flag.favorite} />
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

/** Makes a flag one's favourite: it comes first in lists. */
export function Star({ projectId, featureName, favorite }: StarProps) {
  const path = { projectId, featureName };
  const change = useChange(
    (to: boolean) =>
      to
        ? answer(api.POST("/api/admin/projects/{projectId}/features/{featureName}/favorites", { params: { path } }))
        : answer(api.DELETE("/api/admin/projects/{projectId}/features/{featureName}/favorites", { params: { path } })),
    { stale: [["flags"]] },
  );
  const on = change.isPending ? change.variables : favorite;
  const label = on ? `Remove ${featureName} from favourites` : `Add ${featureName} to favourites`;
  return (
    <Tooltip label={on ? "A favourite" : "Make it a favourite"}>
      <ActionIcon
        variant="subtle"
        color={on ? "yellow" : "gray"}
        size="sm"
        mt={1}
        aria-label={label}
        aria-pressed={on}
        onClick={() => change.mutate(!on)}
      >
        {on ? <IconStarFilled size={15} aria-hidden /> : <IconStar size={15} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}
