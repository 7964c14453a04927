import { Checkbox, Select, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { answer, api } from "@/api/client";
import { flagTypes } from "@/api/queries";
import { Form } from "@/parts/Form";
import { SidePanel } from "@/parts/SidePanel";
import { useForm } from "@/parts/useForm";

const blank = { name: "", type: "release", description: "", impressionData: false };

/** The panel that creates a flag. */
export function NewFlag({ projectId, opened, onClose }: { projectId: string; opened: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  const types = useQuery(flagTypes());
  const form = useForm({
    initial: blank,
    send: (values) =>
      answer(api.POST("/api/admin/projects/{projectId}/features", { params: { path: { projectId } }, body: values })),
    stale: [["flags"], ["projects"]],
    onDone: (flag) =>
      void navigate({
        to: "/projects/$projectId/features/$featureName",
        params: { projectId, featureName: flag.name },
      }),
  });
  const close = () => {
    form.reset(blank);
    onClose();
  };
  const type = types.data?.types.find((one) => one.id === form.values.type);
  return (
    <SidePanel opened={opened} onClose={close} title="New flag" form={form}>
      <Form form={form} submit="Create flag" onCancel={close}>
        <TextInput
          label="Name"
          description="What code asks for. It cannot be changed later."
          data-autofocus
          dir="auto"
          autoComplete="off"
          spellCheck={false}
          {...form.field("name")}
        />
        <Select
          label="Type"
          description={
            type && `${type.description}${type.lifetimeDays ? ` Expected to live ${type.lifetimeDays} days.` : ""}`
          }
          data={(types.data?.types ?? []).map((one) => ({ value: one.id, label: one.name }))}
          allowDeselect={false}
          {...form.field("type")}
          onChange={(value) => form.set("type", value ?? "release")}
        />
        <Textarea label="Description" autosize minRows={2} dir="auto" {...form.field("description")} />
        <Checkbox
          label="Impression data"
          description="SDKs emit an event each time the flag is asked for."
          checked={form.values.impressionData}
          onChange={(event) => form.set("impressionData", event.currentTarget.checked)}
        />
      </Form>
    </SidePanel>
  );
}
