import { ActionIcon, Tooltip } from "@mantine/core";
import { IconStar, IconStarFilled } from "@tabler/icons-react";
import type { QueryKey } from "@tanstack/react-query";
import { useChange } from "@/api/mutate";

interface Props {
  /** What it is a favourite of. */
  name: string;
  favorite: boolean;
  set: (favorite: boolean) => Promise<unknown>;
  stale: QueryKey[];
}

/** Makes something one's favourite: it comes first in lists. */
export function Star({ name, favorite, set, stale }: Props) {
  const change = useChange(set, { stale });
  const on = change.isPending ? change.variables : favorite;
  return (
    <Tooltip label={on ? "A favourite" : "Make it a favourite"}>
      <ActionIcon
        variant="subtle"
        color={on ? "yellow" : "gray"}
        size="sm"
        mt={1}
        aria-label={on ? `Remove ${name} from favourites` : `Add ${name} to favourites`}
        aria-pressed={on}
        onClick={() => change.mutate(!on)}
      >
        {on ? <IconStarFilled size={15} aria-hidden /> : <IconStar size={15} aria-hidden />}
      </ActionIcon>
    </Tooltip>
  );
}
