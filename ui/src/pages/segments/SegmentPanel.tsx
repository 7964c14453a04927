import { Alert, Anchor, Select, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { answer, api, type Schema, versioned } from "@/api/client";
import { projects } from "@/api/queries";
import { Form } from "@/parts/Form";
import { Fresh } from "@/parts/Fresh";
import { SidePanel } from "@/parts/SidePanel";
import { type Edited, useForm } from "@/parts/useForm";
import { ConstraintsEditor } from "../flags/ConstraintsEditor";
import { constraintBody, draftConstraints } from "../flags/strategyBody";

interface Props {
  /** Without it the panel creates one. */
  segment?: Schema<"Segment">;
  onClose: () => void;
}

type Segment = Schema<"Segment">;

const valuesOf = (segment?: Segment) => ({
  name: segment?.name ?? "",
  description: segment?.description ?? "",
  project: segment?.project ?? "",
  constraints: draftConstraints(segment?.constraints ?? []),
});

/** The editor of a segment, with the flags that use it. */
export function SegmentPanel({ segment, onClose }: Props) {
  if (!segment) return <Editor onClose={onClose} />;
  const path = { id: segment.id };
  return (
    <Fresh
      queryKey={["segments", "one", segment.id]}
      read={() => versioned(api.GET("/api/admin/segments/{id}", { params: { path } }))}
    >
      {(edited) => <Editor edited={edited} onClose={onClose} />}
    </Fresh>
  );
}

function Editor({ edited, onClose }: { edited?: Edited<Segment>; onClose: () => void }) {
  const segment = edited?.thing;
  const list = useQuery(projects());
  const form = useForm({
    initial: valuesOf(segment),
    edited,
    valuesOf,
    send: async ({ name, description, project, constraints }, header) => {
      const body = { name, description, ...(project && { project }), constraints: constraints.map(constraintBody) };
      await (segment
        ? answer(api.PUT("/api/admin/segments/{id}", { params: { path: { id: segment.id }, header }, body }))
        : answer(api.POST("/api/admin/segments", { body })));
    },
    stale: [["segments"], ["flags"], ["events"]],
    onDone: onClose,
  });
  return (
    <SidePanel
      opened
      onClose={onClose}
      title={segment ? `Segment ${segment.name}` : "New segment"}
      form={form}
      size={680}
    >
      <Form form={form} submit={segment ? "Save" : "Create segment"} onCancel={onClose}>
        {segment && <UsedBy id={segment.id} />}
        <TextInput label="Name" data-autofocus dir="auto" {...form.field("name")} />
        <Textarea label="Description" autosize minRows={2} dir="auto" {...form.field("description")} />
        <Select
          label="For"
          data={[
            { value: "", label: "Every project" },
            ...(list.data?.projects ?? []).map((p) => ({ value: p.id, label: `Project ${p.name}` })),
          ]}
          allowDeselect={false}
          {...form.field("project")}
          onChange={(project) => form.set("project", project ?? "")}
        />
        <ConstraintsEditor
          value={form.values.constraints}
          onChange={(all) => form.set("constraints", all)}
          failure={form.failure}
          projectId={form.values.project}
          about="Who fulfils all of them is in the segment."
        />
      </Form>
    </SidePanel>
  );
}

function UsedBy({ id }: { id: number }) {
  const { data } = useQuery({
    queryKey: ["segments", "use", id],
    queryFn: () => answer(api.GET("/api/admin/segments/{id}/strategies", { params: { path: { id } } })),
  });
  if (!data || data.strategies.length === 0) return null;
  const flags = [...new Map(data.strategies.map((use) => [use.featureName, use])).values()];
  return (
    <Alert color="yellow" title={`A change reaches ${flags.length} ${flags.length === 1 ? "flag" : "flags"} at once`}>
      {flags.slice(0, 12).map((use, index) => (
        <Text span key={use.featureName}>
          {index > 0 && ", "}
          <Anchor
            dir="auto"
            renderRoot={(props) => (
              <Link
                to="/projects/$projectId/features/$featureName"
                params={{ projectId: use.projectId, featureName: use.featureName }}
                {...props}
              />
            )}
          >
            {use.featureName}
          </Anchor>
        </Text>
      ))}
      {flags.length > 12 && ` and ${flags.length - 12} more`}
    </Alert>
  );
}
