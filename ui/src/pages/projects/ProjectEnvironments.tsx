import { ActionIcon, Button, Group, Paper, Table, Text, Title } from "@mantine/core";
import { IconEdit, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useChange } from "@/api/mutate";
import { environments, segments } from "@/api/queries";
import { Allowed } from "@/parts/Allowed";
import { Confirm } from "@/parts/Confirm";
import { strategyWords } from "@/parts/words";
import { DefaultStrategyPanel } from "./DefaultStrategyPanel";
import classes from "./ProjectEnvironments.module.css";

const stale = [["projects"], ["events"]];

interface Props {
  projectId: string;
  of: Schema<"ProjectOverview">;
}

/** The environments that a project uses, and what strategies begin with in each. */
export function ProjectEnvironments({ projectId, of: p }: Props) {
  const all = useQuery(environments());
  const [leaving, setLeaving] = useState<string>();
  const [editing, setEditing] = useState<string>();
  const refresh = [...stale, ["flags"], ["environments"]];
  const add = useChange(
    (environment: string) =>
      answer(
        api.POST("/api/admin/projects/{projectId}/environments", {
          params: { path: { projectId } },
          body: { environment },
        }),
      ),
    { stale: refresh },
  );
  const remove = useChange(
    (environment: string) =>
      answer(
        api.DELETE("/api/admin/projects/{projectId}/environments/{environment}", {
          params: { path: { projectId, environment } },
        }),
      ),
    { stale: refresh },
  );
  const known = useQuery(segments()).data?.segments;
  const segmentName = (id: number) => known?.find((one) => one.id === id)?.name ?? `segment ${id}`;
  const here = p.environments.map((e) => e.environment);
  const others = (all.data?.environments ?? []).map((e) => e.name).filter((name) => !here.includes(name));
  return (
    <Paper withBorder p="lg" component="section" aria-label="Environments">
      <Title order={2} mb="sm">
        Environments
      </Title>
      <Table aria-label="Environments of the project">
        <Table.Tbody>
          {p.environments.map((e) => (
            <Table.Tr key={e.environment}>
              <Table.Td fw={600} dir="auto">
                {e.environment}
              </Table.Td>
              <Table.Td>
                <Text size="sm" c="dimmed">
                  {e.defaultStrategy
                    ? `Strategies begin with: ${strategyWords(e.defaultStrategy, segmentName)}`
                    : "Strategies begin with everybody"}
                </Text>
              </Table.Td>
              <Table.Td ta="end" className={classes.actions}>
                <Allowed to={["UPDATE_PROJECT", "PROJECT_DEFAULT_STRATEGY_WRITE"]} project={projectId}>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={`Change the default strategy in ${e.environment}`}
                    onClick={() => setEditing(e.environment)}
                  >
                    <IconEdit size={16} aria-hidden />
                  </ActionIcon>
                </Allowed>
                <Allowed to={["UPDATE_PROJECT"]} project={projectId}>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={`Take out ${e.environment}`}
                    onClick={() => setLeaving(e.environment)}
                  >
                    <IconX size={16} aria-hidden />
                  </ActionIcon>
                </Allowed>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {others.length > 0 && (
        <Group mt="sm" gap="xs">
          {others.map((name) => (
            <Allowed key={name} to="UPDATE_PROJECT" project={projectId}>
              <Button size="xs" variant="default" onClick={() => add.mutate(name)}>
                Add {name}
              </Button>
            </Allowed>
          ))}
        </Group>
      )}
      {editing && (
        <DefaultStrategyPanel projectId={projectId} environment={editing} onClose={() => setEditing(undefined)} />
      )}
      <Confirm
        opened={leaving !== undefined}
        onClose={() => setLeaving(undefined)}
        title={`Take ${leaving} out of this project?`}
        action="Take out"
        pending={remove.isPending}
        onConfirm={() => leaving && remove.mutate(leaving, { onSettled: () => setLeaving(undefined) })}
      >
        The project's flags are switched off there. Their strategies are kept, for when it comes back.
      </Confirm>
    </Paper>
  );
}
