import {
  ActionIcon,
  Button,
  Group,
  Paper,
  Select,
  Skeleton,
  Stack,
  Table,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { answer, api, type Schema, versioned } from "@/api/client";
import { useChange } from "@/api/mutate";
import { contextFields, environments, project } from "@/api/queries";
import { Allowed } from "@/parts/Allowed";
import { Confirm } from "@/parts/Confirm";
import { Failure, Form } from "@/parts/Form";
import { Fresh } from "@/parts/Fresh";
import { type Edited, useForm } from "@/parts/useForm";
import { strategyWords } from "@/parts/words";
import { modes } from "./NewProject";
import { ProjectAccess } from "./ProjectAccess";

type Project = Schema<"ProjectOverview">;
const stale = [["projects"], ["events"]];

/** Name, environments, access and end of a project. */
export function ProjectSettings() {
  const { projectId } = useParams({ strict: false }) as { projectId: string };
  const { data, error } = useQuery(project(projectId));
  const [saved, setSaved] = useState(0);
  if (error && !data) return <Failure of={error} />;
  if (!data) return <Skeleton height={240} />;
  return (
    <Stack gap="lg" maw={860}>
      <Fresh
        key={saved}
        queryKey={["projects", "edited", projectId]}
        read={() => versioned(api.GET("/api/admin/projects/{projectId}/overview", { params: { path: { projectId } } }))}
      >
        {(edited) => <General projectId={projectId} edited={edited} onSaved={() => setSaved(saved + 1)} />}
      </Fresh>
      <Environments projectId={projectId} of={data} />
      <ProjectAccess projectId={projectId} />
      <End projectId={projectId} of={data} />
    </Stack>
  );
}

interface Props {
  projectId: string;
  of: Project;
}

const valuesOf = (p: Project) => ({
  name: p.name,
  description: p.description ?? "",
  mode: p.mode,
  defaultStickiness: p.defaultStickiness,
});

interface GeneralProps {
  projectId: string;
  edited: Edited<Project>;
  onSaved: () => void;
}

function General({ projectId, edited, onSaved }: GeneralProps) {
  const p = edited.thing;
  const fields = useQuery(contextFields());
  const form = useForm({
    initial: valuesOf(p),
    edited,
    valuesOf,
    onDone: onSaved,
    send: (body, header) =>
      answer(api.PUT("/api/admin/projects/{projectId}", { params: { path: { projectId }, header }, body })),
    stale,
  });
  const sticky = ["default", "random", ...(fields.data ?? []).filter((f) => f.stickiness).map((f) => f.name)];
  return (
    <Paper withBorder p="lg" component="section" aria-label="General">
      <Title order={2} mb="sm">
        General
      </Title>
      <Form
        form={form}
        submit="Save"
        disabled={!form.touched}
        extra={
          <Text size="sm" c="dimmed">
            Id: {projectId}
          </Text>
        }
      >
        <TextInput label="Name" dir="auto" {...form.field("name")} />
        <Textarea label="Description" autosize minRows={2} dir="auto" {...form.field("description")} />
        <Select
          label="Who sees it"
          data={modes}
          allowDeselect={false}
          {...form.field("mode")}
          onChange={(mode) => form.set("mode", mode ?? "open")}
        />
        <Select
          label="Stickiness of new strategies"
          data={[...new Set([...sticky, p.defaultStickiness])]}
          allowDeselect={false}
          {...form.field("defaultStickiness")}
          onChange={(value) => form.set("defaultStickiness", value ?? "default")}
        />
      </Form>
    </Paper>
  );
}

function Environments({ projectId, of: p }: Props) {
  const all = useQuery(environments());
  const [leaving, setLeaving] = useState<string>();
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
                    ? `Switching on begins with: ${strategyWords(e.defaultStrategy as never)}`
                    : "Switching on begins with everybody"}
                </Text>
              </Table.Td>
              <Table.Td ta="end">
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

function End({ projectId, of: p }: Props) {
  const navigate = useNavigate();
  const [asking, setAsking] = useState<"archive" | "delete">();
  const leave = () => void navigate({ to: "/projects" });
  const archive = useChange(
    () => answer(api.POST("/api/admin/projects/archive/{projectId}", { params: { path: { projectId } } })),
    { stale, done: `${p.name} is archived` },
  );
  const revive = useChange(
    () => answer(api.POST("/api/admin/projects/revive/{projectId}", { params: { path: { projectId } } })),
    { stale, done: `${p.name} is revived` },
  );
  const remove = useChange(
    () => answer(api.DELETE("/api/admin/projects/{projectId}", { params: { path: { projectId } } })),
    { stale, done: `${p.name} is deleted` },
  );
  const act = asking === "delete" ? remove : archive;
  return (
    <Paper withBorder p="lg" component="section" aria-label="End of the project">
      <Title order={2} mb="xs">
        End of the project
      </Title>
      <Text size="sm" mb="sm">
        Only a project without live flags can be archived or deleted.
      </Text>
      <Group>
        <Allowed to={["UPDATE_PROJECT", "DELETE_PROJECT"]} project={projectId}>
          {p.archivedAt ? (
            <Button variant="default" onClick={() => revive.mutate(undefined)}>
              Revive project
            </Button>
          ) : (
            <Button variant="default" onClick={() => setAsking("archive")}>
              Archive project
            </Button>
          )}
        </Allowed>
        <Allowed to="DELETE_PROJECT" project={projectId}>
          <Button variant="light" color="red" onClick={() => setAsking("delete")}>
            Delete project
          </Button>
        </Allowed>
      </Group>
      <Confirm
        opened={asking !== undefined}
        onClose={() => {
          setAsking(undefined);
          act.reset();
        }}
        title={asking === "delete" ? "Delete this project?" : "Archive this project?"}
        action={asking === "delete" ? "Delete project" : "Archive project"}
        pending={act.isPending}
        failure={act.error}
        onConfirm={() => act.mutate(undefined, { onSuccess: leave })}
        {...(asking === "delete" && { typeName: projectId })}
      >
        {asking === "delete"
          ? "Its archived flags, segments and context fields are gone for good, and tokens of only this project stop working."
          : "It is left out of lists, and can be revived."}
      </Confirm>
    </Paper>
  );
}
