import { Textarea, TextInput } from "@mantine/core";
import { answer, api, type Schema } from "@/api/client";
import { Form } from "@/parts/Form";
import { SidePanel } from "@/parts/SidePanel";
import { useForm } from "@/parts/useForm";

/** The editor of what people say of an application. */
export function ApplicationPanel({ of: app, onClose }: { of: Schema<"Application">; onClose: () => void }) {
  const form = useForm({
    initial: { description: app.description ?? "", url: app.url ?? "", icon: app.icon ?? "", color: app.color ?? "" },
    send: (body) =>
      answer(
        api.POST("/api/admin/metrics/applications/{appName}", { params: { path: { appName: app.appName } }, body }),
      ),
    stale: [["applications"], ["events"]],
    onDone: onClose,
  });
  return (
    <SidePanel opened onClose={onClose} title={`Describe ${app.appName}`} form={form}>
      <Form form={form} submit="Save" onCancel={onClose}>
        <Textarea
          label="Description"
          description="What it is, and whom to ask about it"
          data-autofocus
          autosize
          minRows={2}
          dir="auto"
          {...form.field("description")}
        />
        <TextInput
          label="Link"
          description="Where its code, its runbook or its dashboard is"
          placeholder="https://"
          inputMode="url"
          {...form.field("url")}
        />
        <TextInput label="Icon" description="A name, for clients of the API that draw one" {...form.field("icon")} />
        <TextInput label="Colour" description="As in #1a2b3c, for the same clients" {...form.field("color")} />
      </Form>
    </SidePanel>
  );
}
