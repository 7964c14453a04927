import { Text } from "@mantine/core";
import { answer, api, type Schema, versioned } from "@/api/client";
import { Form } from "@/parts/Form";
import { Fresh } from "@/parts/Fresh";
import { SidePanel } from "@/parts/SidePanel";
import { type Edited, useForm } from "@/parts/useForm";
import { StrategyFields } from "../flags/StrategyFields";
import { type Draft, draftBody, firstDraft } from "../flags/strategyBody";

interface Props {
  projectId: string;
  environment: string;
  onClose: () => void;
}

type Project = Schema<"ProjectOverview">;

/** The editor of the strategy with which a project's flags begin in an environment. */
export function DefaultStrategyPanel(props: Props) {
  const path = { projectId: props.projectId };
  return (
    <Fresh
      queryKey={["projects", "default-strategy", props.projectId, props.environment]}
      read={() => versioned(api.GET("/api/admin/projects/{projectId}/overview", { params: { path } }))}
    >
      {(edited) => <Editor {...props} edited={edited} />}
    </Fresh>
  );
}

function Editor({ projectId, environment, edited, onClose }: Props & { edited: Edited<Project> }) {
  const valuesOf = (p: Project) =>
    firstDraft(
      p.environments.find((one) => one.environment === environment)?.defaultStrategy ?? {
        stickiness: p.defaultStickiness,
      },
    );
  const path = { projectId, environment };
  const form = useForm<Draft, unknown, Project>({
    initial: valuesOf(edited.thing),
    edited,
    valuesOf,
    send: (draft, header) =>
      answer(
        api.POST("/api/admin/projects/{projectId}/environments/{environment}/default-strategy", {
          params: { path, header },
          body: draftBody(draft),
        }),
      ),
    stale: [["projects"], ["segments"], ["events"]],
    onDone: onClose,
  });
  return (
    <SidePanel opened onClose={onClose} title={`Default strategy in ${environment}`} form={form} size={680}>
      <Form form={form} submit="Save" onCancel={onClose} long>
        <Text size="sm">
          A flag that is switched on without a strategy gets this one, and new strategies begin with it. Those that
          exist stay as they are.
        </Text>
        <StrategyFields
          form={form}
          environment={environment}
          projectId={projectId}
          request={{
            method: "POST",
            path: `/api/admin/projects/${projectId}/environments/${environment}/default-strategy`,
          }}
        />
      </Form>
    </SidePanel>
  );
}
