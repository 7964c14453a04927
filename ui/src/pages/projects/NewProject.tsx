import { Select, Textarea, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { answer, api } from "@/api/client";
import { Form } from "@/parts/Form";
import { SidePanel } from "@/parts/SidePanel";
import { useForm } from "@/parts/useForm";

/** The modes of a project, for people. */
export const modes = [
  { value: "open", label: "Open: everybody sees it" },
  { value: "protected", label: "Protected: everybody sees it, members change it" },
  { value: "private", label: "Private: only members see it" },
];

/** The panel that creates a project. */
export function NewProject({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const navigate = useNavigate();
  const initial = { name: "", description: "", mode: "open" };
  const form = useForm({
    initial,
    send: (values) => answer(api.POST("/api/admin/projects", { body: values })),
    stale: [["projects"], ["me"]],
    onDone: (made) => void navigate({ to: "/projects/$projectId", params: { projectId: made.id } }),
  });
  const close = () => {
    form.reset(initial);
    onClose();
  };
  return (
    <SidePanel opened={opened} onClose={close} title="New project" form={form}>
      <Form form={form} submit="Create project" onCancel={close}>
        <TextInput label="Name" data-autofocus dir="auto" {...form.field("name")} />
        <Textarea label="Description" autosize minRows={2} dir="auto" {...form.field("description")} />
        <Select
          label="Who sees it"
          data={modes}
          allowDeselect={false}
          {...form.field("mode")}
          onChange={(mode) => form.set("mode", mode ?? "open")}
        />
      </Form>
    </SidePanel>
  );
}
