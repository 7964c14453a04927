import { Badge, Group, Skeleton, Stack, Text } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "@/api/client";
import { deliveries } from "@/api/queries.operations";
import { Ago } from "@/parts/Ago";
import { changeWords } from "@/parts/changes";
import { Failure } from "@/parts/Form";
import { SidePanel } from "@/parts/SidePanel";
import { nameOf } from "./IntegrationPanel";
import classes from "./Integrations.module.css";
import type { Addon } from "./IntegrationsPage";

/** What an integration was told lately, and what came of it; new ones appear by themselves. */
export function Deliveries({ of: addon, onClose }: { of: Addon; onClose: () => void }) {
  const { data, error } = useQuery(deliveries(addon.id));
  return (
    <SidePanel opened onClose={onClose} title={`What ${nameOf(addon)} was told`} size={640}>
      {error && !data && <Failure of={error} />}
      {!error && !data && <Skeleton height={120} aria-busy="true" />}
      {data?.integrationEvents.length === 0 && (
        <Text c="dimmed">
          Nothing yet. {addon.enabled ? "The next event that it is to be told of appears here." : "It is switched off."}
        </Text>
      )}
      <ol className={classes.deliveries}>
        {(data?.integrationEvents ?? []).map((one) => (
          <li key={one.id} className={classes.delivery}>
            <Delivery of={one} />
          </li>
        ))}
      </ol>
      {(data?.integrationEvents.length ?? 0) > 0 && (
        <Text size="sm" c="dimmed" mt="md">
          The last 100 are kept.
        </Text>
      )}
    </SidePanel>
  );
}

function Delivery({ of: one }: { of: Schema<"IntegrationEvent"> }) {
  const arrived = one.state === "success";
  return (
    <Stack gap={2}>
      <Group gap="sm" justify="space-between" wrap="nowrap" align="flex-start">
        <Text size="sm" dir="auto">
          <b>{one.event.createdBy}</b> {changeWords(one.event).did}
        </Text>
        <Badge
          tt="none"
          variant="light"
          color={arrived ? "sea" : "red"}
          c="var(--mantine-color-text)"
          style={{ flex: "none" }}
          leftSection={arrived ? <IconCheck size={12} aria-hidden /> : <IconX size={12} aria-hidden />}
        >
          {arrived ? "arrived" : "failed"}
        </Badge>
      </Group>
      <Text size="sm" c="dimmed">
        <Ago time={one.createdAt} />
        {one.stateDetails && ` · ${one.stateDetails}`}
      </Text>
    </Stack>
  );
}
