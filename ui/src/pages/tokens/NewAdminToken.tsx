import { Alert, MultiSelect, SegmentedControl, Stack, Text, TextInput } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { Schema } from "@/api/client";
import { permissions, tokenCalls } from "@/api/queries.tokens";
import { Form } from "@/parts/Form";
import { SidePanel } from "@/parts/SidePanel";
import { errorAt, useForm } from "@/parts/useForm";
import { Fold } from "../flags/Fold";
import { ExpiryField } from "./ExpiryField";
import { firstExpiry, instantOf } from "./expiry";
import { LimitFields, limitsBody, noLimits } from "./LimitFields";
import { type Choices, MadePanel, useMade } from "./NewToken";
import { kinds } from "./words";

interface Props {
  title: string;
  policy: Schema<"TokenPolicy"> | undefined;
  choices: Choices;
  onClose: () => void;
}

const usualDays = 90;

/** The form of an admin token: all of the Admin API, or a scope. */
export function NewAdminToken({ title, policy, choices, onClose }: Props) {
  const [made, setMade] = useMade();
  const calls = tokenCalls();
  const form = useForm({
    initial: {
      tokenName: "",
      everything: false,
      scope: { permissions: [], projects: [], environments: [] } as Scope,
      expiry: firstExpiry(policy?.admin, usualDays),
      limits: noLimits,
    },
    send: ({ scope, ...values }) => {
      const expiresAt = instantOf(values.expiry);
      const some = (list: string[]) => !values.everything && list.length > 0;
      return calls.create({
        tokenName: values.tokenName,
        type: "admin",
        ...(some(scope.permissions) && { permissions: scope.permissions }),
        ...(some(scope.projects) && { projects: scope.projects }),
        ...(some(scope.environments) && { environments: scope.environments }),
        ...(expiresAt && { expiresAt }),
        ...limitsBody(values.limits, "admin"),
      });
    },
    stale: calls.stale,
    onDone: setMade,
  });
  if (made) return <MadePanel made={made} kind="admin" onClose={onClose} />;
  const { values, set } = form;
  const unscoped = !values.everything && Object.values(values.scope).every((list) => list.length === 0);
  return (
    <SidePanel opened onClose={onClose} title={title} form={form} size={600}>
      <Form form={form} submit="Create token" onCancel={onClose} disabled={unscoped}>
        <Text size="sm" c="dimmed">
          {kinds.admin.about}
        </Text>
        <TextInput
          label="Name"
          description="What will use it, such as the pipeline"
          data-autofocus
          dir="auto"
          autoComplete="off"
          {...form.field("tokenName")}
        />
        <SegmentedControl
          aria-label="May do"
          value={values.everything ? "all" : "some"}
          onChange={(chosen) => set("everything", chosen === "all")}
          data={[
            { value: "some", label: "A scope" },
            { value: "all", label: "Everything" },
          ]}
          style={{ alignSelf: "start" }}
        />
        {values.everything ? (
          <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />}>
            May do everything an administrator may, people and tokens included. A scope is nearly always enough.
          </Alert>
        ) : (
          <ScopeFields
            value={values.scope}
            onChange={(scope) => set("scope", scope)}
            failure={form.failure}
            choices={choices}
          />
        )}
        <ExpiryField
          value={values.expiry}
          onChange={(expiry) => set("expiry", expiry)}
          policy={policy?.admin}
          kinds={kinds.admin.plural}
          error={form.field("expiry", "/body/expiresAt").error}
        />
        <Fold title="Limits on its use" opened={form.failure !== undefined}>
          <LimitFields
            value={values.limits}
            onChange={(limits) => set("limits", limits)}
            failure={form.failure}
            kind="admin"
          />
        </Fold>
      </Form>
    </SidePanel>
  );
}

interface Scope {
  permissions: string[];
  projects: string[];
  environments: string[];
}

interface ScopeProps {
  value: Scope;
  onChange: (scope: Scope) => void;
  failure: unknown;
  choices: Choices;
}

function ScopeFields({ value, onChange, failure, choices }: ScopeProps) {
  const { data } = useQuery(permissions());
  const of = (list: Schema<"PermissionInfo">[] | undefined) =>
    (list ?? []).filter(({ name }) => name !== "ADMIN").map(({ name }) => name);
  const perEnvironment = [...new Set((data?.permissions.environments ?? []).flatMap((e) => of(e.permissions)))];
  const named = new Map(
    [
      ...(data?.permissions.root ?? []),
      ...(data?.permissions.project ?? []),
      ...(data?.permissions.environments ?? []).flatMap((e) => e.permissions),
    ].map((p) => [p.name, p.displayName]),
  );
  return (
    <Stack gap="md">
      <MultiSelect
        label="Permissions"
        description="The only ones it has; empty: all but those that concern the whole server"
        searchable
        hidePickedOptions
        data={[
          { group: "In projects", items: of(data?.permissions.project) },
          { group: "In environments", items: perEnvironment },
          { group: "On the server", items: of(data?.permissions.root) },
        ]}
        renderOption={({ option }) => (
          <div>
            <Text size="sm">{named.get(option.value)}</Text>
            <Text size="xs" c="dimmed">
              {option.value}
            </Text>
          </div>
        )}
        value={value.permissions}
        onChange={(permissions) => onChange({ ...value, permissions })}
        error={errorAt(failure, "/body/permissions")}
      />
      <MultiSelect
        label="Projects"
        placeholder={value.projects.length === 0 ? "All projects" : undefined}
        searchable
        hidePickedOptions
        data={choices.projects}
        value={value.projects}
        onChange={(projects) => onChange({ ...value, projects })}
        error={errorAt(failure, "/body/projects")}
      />
      <MultiSelect
        label="Environments"
        placeholder={value.environments.length === 0 ? "All environments" : undefined}
        hidePickedOptions
        data={choices.environments}
        value={value.environments}
        onChange={(environments) => onChange({ ...value, environments })}
        error={errorAt(failure, "/body/environments")}
      />
      <Text size="sm" c="dimmed">
        Choose at least one of the three.
      </Text>
    </Stack>
  );
}
