import { Alert, Select, Stack, Switch, TextInput } from "@mantine/core";
import { IconShieldCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { environments, segments, strategyDefinitions } from "@/api/queries";
import type { useForm } from "@/parts/useForm";
import { strategyWords } from "@/parts/words";
import { ConstraintsEditor } from "./ConstraintsEditor";
import { Curl } from "./Curl";
import { Fold } from "./Fold";
import { Parameters } from "./Parameters";
import { SegmentsPicker } from "./SegmentsPicker";
import { type Draft, draftBody } from "./strategyBody";
import { VariantsEditor } from "./VariantsEditor";

interface Props {
  form: Pick<ReturnType<typeof useForm<Draft>>, "values" | "set" | "field" | "failure">;
  environment: string;
  projectId: string;
  /** The request by which the API makes the same change. */
  request: { method: "POST" | "PUT"; path: string };
  /** SDKs get it as soon as it is saved. */
  live?: boolean;
}

/** The fields of a strategy: of a flag, or the one with which a project's flags begin. */
export function StrategyFields({ form, environment, projectId, request, live = false }: Props) {
  const draft = form.values;
  const definitions = useQuery(strategyDefinitions());
  const known = useQuery(segments());
  const name = (id: number) => known.data?.segments.find((s) => s.id === id)?.name ?? `segment ${id}`;
  const kinds = (definitions.data?.strategies ?? []).filter(
    (one) => (!one.deprecated && one.name !== "default") || one.name === draft.name,
  );
  return (
    <Stack gap="lg">
      {live && <Touches environment={environment} />}
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
        <Curl {...request} body={draftBody(draft)} />
      </Fold>
      <Alert variant="light" color="gray" title="In short" aria-live="polite">
        <span dir="auto">{strategyWords({ ...draft, variants: draft.variants }, name)}</span>
      </Alert>
    </Stack>
  );
}

/** Says so when the change reaches production or a protected environment. */
function Touches({ environment }: { environment: string }) {
  const { data } = useQuery(environments());
  const here = data?.environments.find((one) => one.name === environment);
  if (!here || (here.type !== "production" && !here.protected)) return null;
  const kind = here.type === "production" ? "a production environment" : "a protected environment";
  return (
    <Alert color="yellow" icon={<IconShieldCheck aria-hidden />}>
      {environment} is {kind}: SDKs there are told within seconds.
    </Alert>
  );
}
