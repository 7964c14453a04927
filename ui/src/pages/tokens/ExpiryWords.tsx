import { Group, Text, Tooltip } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { ago, fullTime } from "@/parts/Ago";
import { stateOf } from "./words";

interface Props {
  token: { expiresAt: string | null; expiresSoon?: boolean; disabledAt?: string | null };
}

const soon = 14 * 86_400_000; // as the server warns

/** Days are exact enough to act on, and months are not. */
function ahead(time: string, left: number): string {
  const days = Math.round(left / 86_400_000);
  return days < 2 || days > 730 ? ago(time) : `in ${days} days`;
}

/** When a token ends, with a warning when that is soon. */
export function ExpiryWords({ token }: Props) {
  const { expiresAt } = token;
  if (!expiresAt) {
    return (
      <Text span inherit c="dimmed">
        never
      </Text>
    );
  }
  const left = new Date(expiresAt).getTime() - Date.now();
  const ended = stateOf({ ...token, disabledAt: null }) === "expired";
  const words = ended ? `expired ${ago(expiresAt)}` : ahead(expiresAt, left);
  return (
    <Tooltip label={fullTime(expiresAt)}>
      {left < soon ? (
        <Group
          component="span"
          gap={4}
          wrap="nowrap"
          c={ended ? "var(--mantine-color-error)" : undefined}
          fw={550}
          display="inline-flex"
        >
          <IconAlertTriangle size={15} aria-label={ended ? "Expired" : "Expires soon"} />
          <time dateTime={expiresAt}>{words}</time>
        </Group>
      ) : (
        <time dateTime={expiresAt}>{words}</time>
      )}
    </Tooltip>
  );
}
