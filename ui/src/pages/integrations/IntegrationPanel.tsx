import { MultiSelect, Switch, TagsInput, Text, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { answer, api, type Schema } from "@/api/client";
import { environments, projects } from "@/api/queries";
import { Form } from "@/parts/Form";
import { SidePanel } from "@/parts/SidePanel";
import { useForm } from "@/parts/useForm";
import type { Addon } from "./IntegrationsPage";

/** What people call an integration: what they wrote of it. */
export const nameOf = (a: Addon) => a.description || `${a.provider} ${a.id}`;

/** What a change of an integration sends; secrets that are shown as ***** stay as they are. */
export const bodyOf = (a: Addon): Schema<"AddonBody"> => ({
  provider: a.provider,
  description: a.description,
  enabled: a.enabled,
  parameters: a.parameters,
  events: a.events,
  projects: a.projects,
  environments: a.environments,
});

const hidden = "*****";
const suggested = ["feature-environment-enabled", "feature-environment-disabled", "feature-strategy-update"];
const chosen = (list: string[]) => list.filter((one) => one !== "*");

interface Props {
  providers: Schema<"AddonType">[];
  /** Without it the panel creates one. */
  of?: Addon;
  onClose: () => void;
}

/** The editor of an integration. */
export function IntegrationPanel({ providers, of: addon, onClose }: Props) {
  const provider = providers.find(({ name }) => name === (addon?.provider ?? "webhook")) ?? providers[0];
  const form = useForm({
    initial: {
      description: addon?.description ?? "",
      enabled: addon?.enabled ?? true,
      parameters: addon?.parameters ?? {},
      events: addon?.events ?? suggested,
      projects: chosen(addon?.projects ?? []),
      environments: chosen(addon?.environments ?? []),
    },
    send: async (values) => {
      const body = { ...values, provider: provider?.name ?? "webhook" };
      await (addon
        ? answer(api.PUT("/api/admin/addons/{id}", { params: { path: { id: String(addon.id) } }, body }))
        : answer(api.POST("/api/admin/addons", { body })));
    },
    stale: [["integrations"], ["events"]],
    onDone: onClose,
  });
  const inProjects = useQuery(projects());
  const inEnvironments = useQuery(environments());
  const { parameters } = form.values;
  return (
    <SidePanel
      opened
      onClose={onClose}
      title={addon ? `Integration ${nameOf(addon)}` : "New webhook"}
      form={form}
      size={640}
    >
      <Form form={form} submit={addon ? "Save" : "Create webhook"} onCancel={onClose}>
        <TextInput
          label="Name"
          description="For the list and for the event log"
          data-autofocus
          dir="auto"
          {...form.field("description")}
        />
        {(provider?.parameters ?? []).map((parameter) => (
          <Parameter
            key={parameter.name}
            of={parameter}
            value={parameters[parameter.name] ?? ""}
            error={form.field("parameters", `/body/parameters/${parameter.name}`).error}
            onChange={(value) => form.set("parameters", { ...parameters, [parameter.name]: value })}
          />
        ))}
        <TagsInput
          label="Tell it of"
          description="Types of events, any of the event log"
          data={provider?.events ?? []}
          {...form.field("events")}
          acceptValueOnBlur
          clearable
          clearButtonProps={{ "aria-label": "Clear all events" }}
        />
        <MultiSelect
          label="In projects"
          searchable
          placeholder={form.values.projects.length === 0 ? "Every project" : undefined}
          data={(inProjects.data?.projects ?? []).map((p) => ({ value: p.id, label: p.name }))}
          {...form.field("projects")}
        />
        <MultiSelect
          label="In environments"
          placeholder={form.values.environments.length === 0 ? "Every environment" : undefined}
          data={(inEnvironments.data?.environments ?? []).map((e) => e.name)}
          {...form.field("environments")}
        />
        <Switch
          label="On"
          description="While it is off, nothing is kept for later"
          checked={form.values.enabled}
          onChange={(event) => form.set("enabled", event.currentTarget.checked)}
        />
        <Text size="sm" c="dimmed">
          Only public addresses are sent to, unless the server was started with networks of its own.
        </Text>
      </Form>
    </SidePanel>
  );
}

interface ParameterProps {
  of: Schema<"AddonParameter">;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

/** One setting of a provider. A secret is never shown again: typing replaces it. */
function Parameter({ of: p, value, error, onChange }: ParameterProps) {
  const kept = p.sensitive && value === hidden;
  const shared = {
    label: p.displayName,
    description: p.description,
    required: p.required,
    withAsterisk: p.required,
    error,
    "aria-invalid": error ? (true as const) : undefined,
    autoComplete: "off",
    spellCheck: false,
    value: kept ? "" : value,
    placeholder: kept ? "As it is; type to replace it" : p.placeholder,
    onChange: (event: { currentTarget: { value: string } }) => {
      const typed = event.currentTarget.value;
      onChange(typed === "" && kept ? hidden : typed);
    },
  };
  return p.type === "textfield" ? <Textarea autosize minRows={2} {...shared} /> : <TextInput {...shared} />;
}
