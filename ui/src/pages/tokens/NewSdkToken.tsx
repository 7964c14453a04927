import { MultiSelect, SegmentedControl, Select, Stack, Text, TextInput } from "@mantine/core";
import type { Schema } from "@/api/client";
import { tokenCalls } from "@/api/queries.tokens";
import { Form } from "@/parts/Form";
import { SidePanel } from "@/parts/SidePanel";
import { useForm } from "@/parts/useForm";
import { Fold } from "../flags/Fold";
import { ExpiryField } from "./ExpiryField";
import { firstExpiry, instantOf } from "./expiry";
import { LimitFields, limitsBody, noLimits } from "./LimitFields";
import { type Choices, MadePanel, useMade } from "./NewToken";
import { kinds } from "./words";

interface Props {
  kind: "client" | "frontend";
  title: string;
  policy: Schema<"TokenPolicy"> | undefined;
  choices: Choices;
  project?: string;
  onClose: () => void;
}

const usualDays = 365; // of tokens that run with an application

/** The form of a token for SDKs. */
export function NewSdkToken({ kind, title, policy, choices, project, onClose }: Props) {
  const [made, setMade] = useMade();
  const calls = tokenCalls(project);
  const only = choices.projects.length === 1 ? choices.projects.map(({ value }) => value) : [];
  const form = useForm({
    initial: {
      tokenName: "",
      everything: false,
      projects: only,
      environment: choices.environments[0] ?? "",
      expiry: firstExpiry(policy?.[kind], usualDays),
      limits: noLimits,
    },
    send: (values) => {
      const expiresAt = instantOf(values.expiry);
      return calls.create({
        tokenName: values.tokenName,
        type: kind,
        environment: values.environment,
        projects: project !== undefined ? [project] : values.everything ? ["*"] : values.projects,
        ...(expiresAt && { expiresAt }),
        ...limitsBody(values.limits, kind),
        ...(values.limits.seal && { seal: true }),
      });
    },
    stale: calls.stale,
    onDone: setMade,
  });
  if (made) return <MadePanel made={made} kind={kind} sealed={form.values.limits.seal} onClose={onClose} />;
  const { values, set } = form;
  const unscoped = !project && !values.everything && values.projects.length === 0;
  return (
    <SidePanel opened onClose={onClose} title={title} form={form} size={600}>
      <Form form={form} submit="Create token" onCancel={onClose} disabled={unscoped}>
        <Text size="sm" c="dimmed">
          {kinds[kind].about}
        </Text>
        <TextInput
          label="Name"
          description="What will use it, such as the service and where it runs"
          data-autofocus
          dir="auto"
          autoComplete="off"
          {...form.field("tokenName")}
        />
        {project ? (
          <Text size="sm">
            Covers the project <b dir="auto">{project}</b>.
          </Text>
        ) : (
          <Stack gap={6}>
            <SegmentedControl
              aria-label="Covers"
              value={values.everything ? "all" : "some"}
              onChange={(chosen) => set("everything", chosen === "all")}
              data={[
                { value: "some", label: "Some projects" },
                { value: "all", label: "All, now and later" },
              ]}
              style={{ alignSelf: "start" }}
            />
            {!values.everything && (
              <MultiSelect
                label="Projects"
                placeholder={values.projects.length === 0 ? "Choose at least one" : undefined}
                searchable
                hidePickedOptions
                data={choices.projects}
                {...form.field("projects")}
                onChange={(chosen) => set("projects", chosen)}
              />
            )}
          </Stack>
        )}
        <Select
          label="Environment"
          description="A token works in exactly one"
          data={choices.environments}
          allowDeselect={false}
          {...form.field("environment")}
          onChange={(environment) => set("environment", environment ?? "")}
        />
        <ExpiryField
          value={values.expiry}
          onChange={(expiry) => set("expiry", expiry)}
          policy={policy?.[kind]}
          kinds={kinds[kind].plural}
          error={form.field("expiry", "/body/expiresAt").error}
        />
        <Fold title="Limits on its use" opened={form.failure !== undefined}>
          <LimitFields
            value={values.limits}
            onChange={(limits) => set("limits", limits)}
            failure={form.failure}
            kind={kind}
            withSeal
          />
        </Fold>
      </Form>
    </SidePanel>
  );
}
