import { ActionIcon, Badge, Group, Menu, Skeleton, Table, Text } from "@mantine/core";
import { IconActivity, IconDots, IconPlayerPause, IconPlayerPlay, IconRefresh, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useChange } from "@/api/mutate";
import type { PersonalToken } from "@/api/queries.tokens";
import { Ago } from "@/parts/Ago";
import { Confirm } from "@/parts/Confirm";
import { Failure } from "@/parts/Form";
import { SidePanel } from "@/parts/SidePanel";
import { ExpiryWords } from "./ExpiryWords";
import type { PersonalCalls } from "./personal";
import { RotateDialog } from "./RotateDialog";
import classes from "./tokens.module.css";
import { UsageTable } from "./UsageTable";

// The charts are most of the script: the page does not wait for them.
const UsageChart = lazy(() => import("./UsageChart"));

interface Props {
  tokens: PersonalToken[];
  calls: PersonalCalls;
  /** Of whom: for the name of the table. */
  label: string;
}

const nameOf = (t: PersonalToken) => t.description || `Token ${t.id}`;

/** Personal tokens, or those of a service account, with everything that can be done to them. */
export function PersonalTokensTable({ tokens, calls, label }: Props) {
  const [rotating, setRotating] = useState<PersonalToken>();
  const [revoking, setRevoking] = useState<PersonalToken>();
  const [shown, setShown] = useState<PersonalToken>();
  const { rotate } = calls;
  const revoke = useChange(calls.revoke, { stale: calls.stale, done: "Revoked: it opens nothing any more" });
  return (
    <>
      <Table.ScrollContainer minWidth={560} type="native" tabIndex={0} role="region" aria-label={label}>
        <Table aria-label={label}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Token</Table.Th>
              <Table.Th>Expires</Table.Th>
              <Table.Th>Last used</Table.Th>
              <Table.Th>Created</Table.Th>
              <Table.Th />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {tokens.map((t) => (
              <Table.Tr key={t.id}>
                <Table.Td dir="auto">
                  <Name of={t} />
                </Table.Td>
                <Table.Td>
                  <ExpiryWords token={t} />
                </Table.Td>
                <Table.Td>
                  <Ago time={t.seenAt} />
                </Table.Td>
                <Table.Td>
                  <Ago time={t.createdAt} />
                </Table.Td>
                <Table.Td ta="end">
                  <Actions
                    of={t}
                    calls={calls}
                    onUsage={() => setShown(t)}
                    onRotate={() => setRotating(t)}
                    onRevoke={() => setRevoking(t)}
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {shown && <Usage of={shown} calls={calls} onClose={() => setShown(undefined)} />}
      {rotating && rotate && (
        <RotateDialog
          name={nameOf(rotating)}
          kind="personal"
          rotate={(body) => rotate(rotating.id, body)}
          stale={calls.stale}
          onClose={() => setRotating(undefined)}
        />
      )}
      <Confirm
        opened={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        title={`Revoke ${revoking ? nameOf(revoking) : ""}?`}
        action="Revoke"
        pending={revoke.isPending}
        onConfirm={() => revoking && revoke.mutate(revoking.id, { onSuccess: () => setRevoking(undefined) })}
      >
        {revoking?.seenAt ? (
          <>
            It was last used <Ago time={revoking.seenAt} />. What has it is refused from the moment you press Revoke.
          </>
        ) : (
          "It was never used. It opens nothing from the moment you press Revoke."
        )}
      </Confirm>
    </>
  );
}

function Name({ of: t }: { of: PersonalToken }) {
  const old = t.secrets?.[1];
  return (
    <>
      <Group gap={6}>
        <Text span fw={600}>
          {nameOf(t)}
        </Text>
        {t.disabledAt && (
          <Badge size="sm" color="gray" variant="light" tt="none">
            Disabled
          </Badge>
        )}
      </Group>
      <code className={classes.hint}>{t.secrets?.[0]?.hint}</code>
      {old?.endsAt && (
        <Text size="sm" c="dimmed">
          The old secret <code className={classes.hint}>{old.hint}</code> ends <Ago time={old.endsAt} />
        </Text>
      )}
    </>
  );
}

interface UsageProps {
  of: PersonalToken;
  calls: PersonalCalls;
  onClose: () => void;
}

/** Who uses a token, with both secrets during a rotation. */
function Usage({ of: t, calls, onClose }: UsageProps) {
  const { data, error } = useQuery({
    queryKey: ["people", "token-usage", t.id],
    queryFn: () => calls.usage(t.id),
    refetchInterval: 15_000,
  });
  return (
    <SidePanel opened onClose={onClose} title={`Who uses ${nameOf(t)}`} size={820}>
      {error && !data && <Failure of={error} />}
      {data && (
        <>
          <Text fw={600} mb="xs">
            Requests by hour
          </Text>
          <Suspense fallback={<Skeleton height={200} />}>
            <UsageChart hours={data.hours} last={48} />
          </Suspense>
          <UsageTable secrets={data.secrets} />
        </>
      )}
    </SidePanel>
  );
}

interface ActionsProps {
  of: PersonalToken;
  calls: PersonalCalls;
  onUsage: () => void;
  onRotate: () => void;
  onRevoke: () => void;
}

function Actions({ of: t, calls, onUsage, onRotate, onRevoke }: ActionsProps) {
  const disable = useChange((disabled: boolean) => calls.disable(t.id, disabled), { stale: calls.stale });
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`More about ${nameOf(t)}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconActivity size={16} aria-hidden />} onClick={onUsage}>
          Who uses it
        </Menu.Item>
        {calls.rotate && (
          <Menu.Item leftSection={<IconRefresh size={16} aria-hidden />} onClick={onRotate}>
            Rotate
          </Menu.Item>
        )}
        {t.disabledAt ? (
          <Menu.Item leftSection={<IconPlayerPlay size={16} aria-hidden />} onClick={() => disable.mutate(false)}>
            Enable
          </Menu.Item>
        ) : (
          <Menu.Item leftSection={<IconPlayerPause size={16} aria-hidden />} onClick={() => disable.mutate(true)}>
            Disable
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconTrash size={16} aria-hidden />} color="red" onClick={onRevoke}>
          Revoke
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
