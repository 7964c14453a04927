import { Badge, Group, Table, Text } from "@mantine/core";
import type { Schema } from "@/api/client";
import { Ago } from "@/parts/Ago";
import classes from "./tokens.module.css";
import { counted, sdkWords } from "./words";

type SecretUsage = Schema<"SecretUsage">;

/** Who uses each secret of a token: during a rotation both, so that one sees who still has the old one. */
export function UsageTable({ secrets }: { secrets: SecretUsage[] }) {
  // The old one first: it is what a rotation waits for.
  const ordered = [...secrets].sort((a, b) => Number(a.current) - Number(b.current));
  const rotated = secrets.find(({ current }) => current)?.createdAt;
  return ordered.map((secret) => (
    <Users
      key={secret.hint + secret.createdAt}
      secret={secret}
      alone={secrets.length === 1}
      since={secret.current ? "" : (rotated ?? "")}
    />
  ));
}

interface UsersProps {
  secret: SecretUsage;
  /** The token has one secret only. */
  alone: boolean;
  /** When the token got its new secret: who used the old one since then still has it. */
  since: string;
}

function Users({ secret, alone, since }: UsersProps) {
  const still = secret.users.filter(({ seenAt }) => seenAt > since).length;
  const title = alone ? "Used by" : secret.current ? "New secret" : "Old secret";
  return (
    <section aria-label={title} style={{ marginTop: 16 }}>
      <Group gap="xs" mb={6}>
        <Text component="h3" fw={600}>
          {title}
        </Text>
        <code className={classes.hint}>{secret.hint}</code>
        {!secret.current && (
          <Badge variant="default" tt="none">
            ends <Ago time={secret.endsAt} />
          </Badge>
        )}
        {!alone && (
          <Text size="sm" c="dimmed">
            {still === 0 ? "nobody uses it" : `used by ${counted(still, "instance")}`}
          </Text>
        )}
      </Group>
      {secret.users.length === 0 ? (
        <Text size="sm" c="dimmed">
          {secret.seenAt ? (
            <>
              Last used <Ago time={secret.seenAt} />; by whom is known since the server started only.
            </>
          ) : (
            "Never used."
          )}
        </Text>
      ) : (
        <Instances users={secret.users} title={title} since={since} />
      )}
    </section>
  );
}

function Instances({ users, title, since }: { users: Schema<"SecretUser">[]; title: string; since: string }) {
  return (
    <Table.ScrollContainer minWidth={640} type="native" tabIndex={0} role="region" aria-label={`Instances: ${title}`}>
      <Table className={classes.instances} aria-label={`Instances: ${title}`} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Application</Table.Th>
            <Table.Th>Instance</Table.Th>
            <Table.Th>SDK</Table.Th>
            <Table.Th>Address</Table.Th>
            <Table.Th ta="end">Requests, last hour</Table.Th>
            <Table.Th ta="end">Last seen</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {users.map((u) => (
            <Table.Tr key={[u.appName, u.instanceId, u.sdk, u.address].join(" ")}>
              <Table.Td dir="auto" fw={550}>
                {u.appName || "without a name"}
              </Table.Td>
              <Table.Td dir="auto">{u.instanceId}</Table.Td>
              <Table.Td dir="auto">{sdkWords(u.sdk)}</Table.Td>
              <Table.Td>{u.address}</Table.Td>
              <Table.Td ta="end">{u.requestsPerHour.toLocaleString("en")}</Table.Td>
              <Table.Td ta="end">
                <Ago time={u.seenAt} />
                {u.seenAt <= since && (
                  <Text size="xs" c="dimmed">
                    not since the rotation
                  </Text>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
