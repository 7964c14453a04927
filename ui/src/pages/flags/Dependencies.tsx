import { ActionIcon, Anchor, Button, Group, MultiSelect, Select, Stack } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useChange } from "@/api/mutate";
import { Allowed } from "@/parts/Allowed";
import { Form } from "@/parts/Form";
import { SidePanel } from "@/parts/SidePanel";
import { useForm } from "@/parts/useForm";

type Flag = Schema<"FlagDetail">;
const stale = [["flags"], ["events"]];

/** The flags on which a flag depends. */
export function Dependencies({ flag }: { flag: Flag }) {
  const [adding, setAdding] = useState(false);
  const path = { projectId: flag.project, child: flag.name };
  const remove = useChange(
    (parent: string) =>
      answer(
        api.DELETE("/api/admin/projects/{projectId}/features/{child}/dependencies/{parent}", {
          params: { path: { ...path, parent } },
        }),
      ),
    { stale },
  );
  return (
    <Stack gap={4} align="flex-start">
      {flag.dependencies.map((dependency) => (
        <Group key={dependency.feature} gap={4} wrap="nowrap">
          <Anchor
            dir="auto"
            renderRoot={(props) => (
              <Link
                to="/projects/$projectId/features/$featureName"
                params={{ projectId: flag.project, featureName: dependency.feature }}
                {...props}
              />
            )}
          >
            {dependency.feature} {needs(dependency)}
          </Anchor>
          <Allowed to="UPDATE_FEATURE_DEPENDENCY" project={flag.project}>
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={`Remove dependency on ${dependency.feature}`}
              onClick={() => remove.mutate(dependency.feature)}
            >
              <IconX size={14} aria-hidden />
            </ActionIcon>
          </Allowed>
        </Group>
      ))}
      <Allowed to="UPDATE_FEATURE_DEPENDENCY" project={flag.project}>
        <Button
          size="compact-xs"
          variant="subtle"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => setAdding(true)}
        >
          Add dependency
        </Button>
      </Allowed>
      {adding && <AddDependency flag={flag} onClose={() => setAdding(false)} />}
    </Stack>
  );
}

function needs({ enabled, variants }: Schema<"Dependency">): string {
  if (enabled === false) return "being off";
  return variants?.length ? `giving ${variants.join(" or ")}` : "being on";
}

function AddDependency({ flag, onClose }: { flag: Flag; onClose: () => void }) {
  const path = { projectId: flag.project, child: flag.name };
  const parents = useQuery({
    queryKey: ["flags", "parents", flag.name],
    queryFn: () => answer(api.GET("/api/admin/projects/{projectId}/features/{child}/parents", { params: { path } })),
  });
  const form = useForm({
    initial: { feature: "", needs: "on", variants: [] as string[] },
    send: ({ feature, needs: need, variants }) =>
      answer(
        api.POST("/api/admin/projects/{projectId}/features/{child}/dependencies", {
          params: { path },
          body: { feature, enabled: need !== "off", ...(need === "variants" && { variants }) },
        }),
      ),
    stale,
    onDone: onClose,
  });
  const variants = useQuery({
    queryKey: ["flags", "parent-variants", form.values.feature],
    queryFn: () =>
      answer(
        api.GET("/api/admin/projects/{projectId}/features/{parent}/parent-variants", {
          params: { path: { projectId: flag.project, parent: form.values.feature } },
        }),
      ),
    enabled: form.values.feature !== "",
  });
  return (
    <SidePanel opened onClose={onClose} title={`${flag.name} depends on`} form={form} size={440}>
      <Form form={form} submit="Add dependency" onCancel={onClose} disabled={!form.values.feature}>
        <Select
          label="Flag"
          description="Of the same project, without dependencies of its own"
          searchable
          data={parents.data ?? []}
          {...form.field("feature")}
          onChange={(feature) => form.set("feature", feature ?? "")}
        />
        <Select
          label="Which must"
          data={[
            { value: "on", label: "be on" },
            { value: "off", label: "be off" },
            { value: "variants", label: "give certain variants", disabled: !variants.data?.length },
          ]}
          allowDeselect={false}
          {...form.field("needs")}
          onChange={(value) => form.set("needs", value ?? "on")}
        />
        {form.values.needs === "variants" && (
          <MultiSelect
            label="Variants"
            data={variants.data ?? []}
            {...form.field("variants")}
            onChange={(all) => form.set("variants", all)}
          />
        )}
      </Form>
    </SidePanel>
  );
}
