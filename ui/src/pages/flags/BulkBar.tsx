import { Button, Group, Menu, Paper, Text } from "@mantine/core";
import { IconArchive, IconClockExclamation, IconToggleLeft, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useChange } from "@/api/mutate";
import { Allowed } from "@/parts/Allowed";
import { Confirm } from "@/parts/Confirm";
import classes from "./BulkBar.module.css";

interface Props {
  projectId: string;
  flags: Schema<"FoundFlag">[];
  environments: string[];
  onClear: () => void;
}

/** What to do with the chosen flags, over the end of the page. All or none of them change. */
export function BulkBar({ projectId, flags, environments, onClear }: Props) {
  const [archiving, setArchiving] = useState(false);
  const names = flags.map((flag) => flag.name);
  const stale = !flags.every((flag) => flag.stale);
  const many = `${names.length} ${names.length === 1 ? "flag" : "flags"}`;
  const turn = useChange(
    ({ environment, on }: { environment: string; on: boolean }) => {
      const params = { path: { projectId, environment } };
      return on
        ? answer(
            api.POST("/api/admin/projects/{projectId}/bulk_features/environments/{environment}/on", {
              params,
              body: { features: names },
            }),
          )
        : answer(
            api.POST("/api/admin/projects/{projectId}/bulk_features/environments/{environment}/off", {
              params,
              body: { features: names },
            }),
          );
    },
    { stale: [["flags"], ["events"]], done: `Switched ${many}` },
  );
  const mark = useChange(
    () =>
      answer(
        api.POST("/api/admin/projects/{projectId}/stale", {
          params: { path: { projectId } },
          body: { features: names, stale },
        }),
      ),
    { stale: [["flags"], ["projects"], ["events"]], done: `Marked ${many}` },
  );
  const archive = useChange(
    () =>
      answer(
        api.POST("/api/admin/projects/{projectId}/archive", {
          params: { path: { projectId } },
          body: { features: names },
        }),
      ),
    { stale: [["flags"], ["projects"], ["events"]], done: `Archived ${many}` },
  );
  return (
    <Paper withBorder shadow="lg" className={classes.bar} role="region" aria-label="Chosen flags">
      <Group gap="sm">
        <Text fw={600} role="status">
          {many} chosen
        </Text>
        <Menu position="top-start">
          <Menu.Target>
            <Button
              size="compact-md"
              variant="light"
              leftSection={<IconToggleLeft size={18} aria-hidden />}
              loading={turn.isPending}
            >
              Switch
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {environments.map((environment) =>
              [true, false].map((on) => (
                <Menu.Item key={`${environment}${on}`} onClick={() => turn.mutate({ environment, on })}>
                  {on ? "On" : "Off"} in {environment}
                </Menu.Item>
              )),
            )}
          </Menu.Dropdown>
        </Menu>
        <Allowed to="UPDATE_FEATURE" project={projectId}>
          <Button
            size="compact-md"
            variant="light"
            leftSection={<IconClockExclamation size={18} aria-hidden />}
            loading={mark.isPending}
            onClick={() => mark.mutate(undefined)}
          >
            {stale ? "Mark stale" : "Not stale"}
          </Button>
        </Allowed>
        <Allowed to="DELETE_FEATURE" project={projectId}>
          <Button
            size="compact-md"
            variant="light"
            color="red"
            leftSection={<IconArchive size={18} aria-hidden />}
            onClick={() => setArchiving(true)}
          >
            Archive
          </Button>
        </Allowed>
        <Button
          size="compact-md"
          variant="subtle"
          color="gray"
          leftSection={<IconX size={16} aria-hidden />}
          onClick={onClear}
        >
          Clear
        </Button>
      </Group>
      <Confirm
        opened={archiving}
        onClose={() => setArchiving(false)}
        title={`Archive ${many}?`}
        action="Archive"
        pending={archive.isPending}
        onConfirm={() =>
          archive.mutate(undefined, {
            onSuccess: () => {
              setArchiving(false);
              onClear();
            },
          })
        }
      >
        Applications are given the default of their code instead. Archived flags can be revived.{" "}
        {names.slice(0, 8).join(", ")}
        {names.length > 8 ? ` and ${names.length - 8} more` : ""}.
      </Confirm>
    </Paper>
  );
}
