import { Alert, Button, Select, Stack, Switch, TextInput } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { answer, api, type Schema, versioned } from "@/api/client";
import { environments, segments, strategyDefinitions } from "@/api/queries";
import { Form } from "@/parts/Form";
import { Fresh } from "@/parts/Fresh";
import { SidePanel } from "@/parts/SidePanel";
import { type Edited, useForm } from "@/parts/useForm";
import { strategyWords } from "@/parts/words";
import { ConstraintsEditor } from "./ConstraintsEditor";
import { Curl } from "./Curl";
import { Fold } from "./Fold";
import { Parameters } from "./Parameters";
import { SegmentsPicker } from "./SegmentsPicker";
import { type Draft, draftBody, draftOf } from "./strategyBody";
import { switchFlag } from "./useFlagSwitch";
import { VariantsEditor } from "./VariantsEditor";

type Strategy = Schema<"StrategyDetail">;

interface Props {
  flag: Schema<"FlagDetail">;
  environment: Schema<"FlagEnvironment">;
  /** Without it the panel adds one. */
  strategy?: Schema<"StrategyDetail">;
  onClose: () => void;
}

/** The editor of one strategy, over its flag. */
export function StrategyPanel({ strategy, ...props }: Props) {
  if (!strategy) return <Editor {...props} />;
  const { flag, environment } = props;
  const path = {
    projectId: flag.project,
    featureName: flag.name,
    environment: environment.name,
    strategyId: strategy.id,
  };
  return (
    <Fresh
      queryKey={["flags", "strategy", strategy.id]}
      read={() =>
        versioned(
          api.GET(
            "/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/strategies/{strategyId}",
            {
              params: { path },
            },
          ),
        )
      }
    >
      {(edited) => <Editor {...props} edited={edited} />}
    </Fresh>
  );
}

function Editor({ flag, environment, edited, onClose }: Omit<Props, "strategy"> & { edited?: Edited<Strategy> }) {
  const strategy = edited?.thing;
  const path = { projectId: flag.project, featureName: flag.name, environment: environment.name };
  const switchOn = useRef(false);
  const form = useForm<Draft, void, Strategy>({
    initial: draftOf(strategy),
    edited,
    valuesOf: draftOf,
    send: async (draft, header) => {
      await save(path, draft, header, strategy?.id);
      if (switchOn.current) await switchFlag(path, true);
    },
    stale: [["flags"], ["events"], ["segments"]],
    onDone: onClose,
  });
  const submit = (on: boolean) => {
    switchOn.current = on;
    void form.submit();
  };
  const off = !environment.enabled;
  const title = `${strategy ? "Strategy" : "New strategy"} in ${environment.name}`;
  return (
    <SidePanel opened onClose={onClose} title={title} form={form} size={680}>
      <Form
        form={{
          ...form,
          describe: strategyWords,
          submit: async (event) => {
            event?.preventDefault();
            submit(off && !strategy);
          },
        }}
        submit={off && !strategy ? "Save and switch on" : "Save"}
        onCancel={onClose}
        extra={
          off ? (
            <Button variant="default" onClick={() => submit(!!strategy)}>
              {strategy ? "Save and switch on" : "Save, leave off"}
            </Button>
          ) : null
        }
      >
        <Fields form={form} environment={environment} path={path} strategyId={strategy?.id} projectId={flag.project} />
      </Form>
    </SidePanel>
  );
}

type Path = { projectId: string; featureName: string; environment: string };

async function save(path: Path, draft: Draft, header: { "If-Match"?: string }, strategyId?: string): Promise<void> {
  const body = draftBody(draft);
  await (strategyId
    ? answer(
        api.PUT(
          "/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/strategies/{strategyId}",
          {
            params: { path: { ...path, strategyId }, header },
            body,
          },
        ),
      )
    : answer(
        api.POST("/api/admin/projects/{projectId}/features/{featureName}/environments/{environment}/strategies", {
          params: { path },
          body,
        }),
      ));
}

interface FieldsProps {
  form: Pick<ReturnType<typeof useForm<Draft>>, "values" | "set" | "field" | "failure">;
  environment: Schema<"FlagEnvironment">;
  path: Path;
  strategyId?: string;
  projectId: string;
}

function Fields({ form, environment, path, strategyId, projectId }: FieldsProps) {
  const draft = form.values;
  const definitions = useQuery(strategyDefinitions());
  const known = useQuery(segments());
  const name = (id: number) => known.data?.segments.find((s) => s.id === id)?.name ?? `segment ${id}`;
  const kinds = (definitions.data?.strategies ?? []).filter(
    (one) => (!one.deprecated && one.name !== "default") || one.name === draft.name,
  );
  const address = `/api/admin/projects/${path.projectId}/features/${path.featureName}/environments/${path.environment}/strategies${strategyId ? `/${strategyId}` : ""}`;
  return (
    <Stack gap="lg">
      <Touches environment={environment} />
      {kinds.length > 1 && (
        <Select
          label="Kind"
          data={kinds.map((one) => ({ value: one.name, label: one.displayName ?? one.name }))}
          allowDeselect={false}
          {...form.field("name")}
          onChange={(kind) => {
            form.set("name", kind ?? draft.name);
            form.set("parameters", kind === "flexibleRollout" ? { rollout: "100", stickiness: "default" } : {});
          }}
        />
      )}
      <Parameters
        definition={kinds.find((one) => one.name === draft.name)}
        projectId={projectId}
        values={draft.parameters}
        error={form.field("parameters").error}
        onChange={(parameters) => form.set("parameters", parameters)}
      />
      <SegmentsPicker
        projectId={projectId}
        value={draft.segments}
        error={form.field("segments").error}
        onChange={(ids) => form.set("segments", ids)}
      />
      <ConstraintsEditor
        projectId={projectId}
        failure={form.failure}
        value={draft.constraints}
        onChange={(all) => form.set("constraints", all)}
      />
      <VariantsEditor failure={form.failure} value={draft.variants} onChange={(all) => form.set("variants", all)} />
      <Fold title="Title and state" opened={draft.title !== "" || draft.disabled}>
        <Stack gap="sm">
          <TextInput
            label="Title"
            description="Says what this strategy is for, in lists."
            dir="auto"
            {...form.field("title")}
          />
          <Switch
            label="Disabled"
            description="Kept, but lets nobody in."
            checked={draft.disabled}
            onChange={(event) => form.set("disabled", event.currentTarget.checked)}
          />
        </Stack>
      </Fold>
      <Fold title="The same change by the API">
        <Curl method={strategyId ? "PUT" : "POST"} path={address} body={draftBody(draft)} />
      </Fold>
      <Alert variant="light" color="gray" title="In short" aria-live="polite">
        <span dir="auto">{strategyWords({ ...draft, variants: draft.variants }, name)}</span>
      </Alert>
    </Stack>
  );
}

/** Says so when the change reaches production or a protected environment. */
function Touches({ environment }: { environment: Schema<"FlagEnvironment"> }) {
  const { data } = useQuery(environments());
  const here = data?.environments.find((one) => one.name === environment.name);
  if (environment.type !== "production" && !here?.protected) return null;
  const kind = environment.type === "production" ? "a production environment" : "a protected environment";
  return (
    <Alert color="yellow" icon={<IconShieldCheck aria-hidden />}>
      {environment.name} is {kind}: SDKs there are told within seconds.
    </Alert>
  );
}
