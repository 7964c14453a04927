import { Button, Group, Paper, Select, Skeleton, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { answer, api, type Schema, versioned } from "@/api/client";
import { useChange } from "@/api/mutate";
import { contextFields, project } from "@/api/queries";
import { Allowed } from "@/parts/Allowed";
import { Confirm } from "@/parts/Confirm";
import { Failure, Form } from "@/parts/Form";
import { Fresh } from "@/parts/Fresh";
import { type Edited, useForm } from "@/parts/useForm";
import { modes } from "./NewProject";
import { ProjectAccess } from "./ProjectAccess";
import { ProjectEnvironments } from "./ProjectEnvironments";

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
      <ProjectEnvironments projectId={projectId} of={data} />
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
