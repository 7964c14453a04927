import { Alert, Button, Group, List, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useChange } from "@/api/mutate";
import { type Token, tokenCalls, tokenUsage } from "@/api/queries.tokens";
import { Confirm } from "@/parts/Confirm";
import { applicationsOf, counted } from "./words";

interface Props {
  token: Token;
  project?: string;
  onClose: () => void;
  onDone?: () => void;
}

/** Asks before a token is revoked, and says what breaks. Something that is in use asks for the name. */
export function RevokeDialog({ token, project, onClose, onDone }: Props) {
  const id = token.id ?? "";
  const calls = tokenCalls(project);
  const usage = useQuery(tokenUsage(id, project));
  const used = applicationsOf((usage.data?.secrets ?? []).flatMap(({ users }) => users));
  const revoke = useChange(() => calls.revoke(id), {
    stale: calls.stale,
    done: `${token.tokenName} is revoked: it opens nothing any more`,
  });
  const disable = useChange(() => calls.change(id, { disabled: true }), {
    stale: calls.stale,
    done: `${token.tokenName} is disabled`,
  });
  return (
    <Confirm
      opened
      onClose={onClose}
      title={`Revoke ${token.tokenName}?`}
      action="Revoke"
      pending={revoke.isPending || usage.isPending}
      onConfirm={() => revoke.mutate(undefined, { onSuccess: onDone ?? onClose })}
      {...(used.length > 0 && { typeName: token.tokenName })}
    >
      <Stack gap="sm">
        {usage.isPending ? <Skeleton height={60} /> : <Breaks used={used} />}
        <Text size="sm">It opens nothing from the moment you press Revoke, and cannot be brought back.</Text>
        {!token.disabledAt && (
          <Group gap="xs">
            <Text size="sm" c="dimmed">
              Not sure?
            </Text>
            <Button
              size="compact-sm"
              variant="default"
              loading={disable.isPending}
              onClick={() => disable.mutate(undefined, { onSuccess: onClose })}
            >
              Disable it instead
            </Button>
          </Group>
        )}
      </Stack>
    </Confirm>
  );
}

/** Who is cut off. */
export function Breaks({ used }: { used: ReturnType<typeof applicationsOf> }) {
  if (used.length === 0) {
    return <Alert color="gray">Nobody was seen using it in the last hour.</Alert>;
  }
  return (
    <Alert color="red" title={`${counted(used.length, "application")} used it in the last hour`}>
      <List size="sm" withPadding={false}>
        {used.slice(0, 8).map(({ name, requests, instances }) => (
          <List.Item key={name} dir="auto">
            {name}: {counted(requests, "request")} from {counted(instances, "instance")}
          </List.Item>
        ))}
      </List>
      {used.length > 8 && ` and ${used.length - 8} more`}
    </Alert>
  );
}
