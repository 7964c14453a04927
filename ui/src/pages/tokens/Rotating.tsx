import { Badge } from "@mantine/core";
import { IconArrowsExchange } from "@tabler/icons-react";
import type { Token } from "@/api/queries.tokens";

/** A mark while two secrets of a token work. */
export function Rotating({ token }: { token: Pick<Token, "secrets"> }) {
  if ((token.secrets?.length ?? 0) < 2) return null;
  return (
    <Badge variant="default" tt="none" leftSection={<IconArrowsExchange size={12} aria-hidden />}>
      Rotating
    </Badge>
  );
}
