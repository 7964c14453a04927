import { Paper, PasswordInput, Title } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { answer, api } from "@/api/client";
import { profile } from "@/api/queries.tokens";
import { Form } from "@/parts/Form";
import { useForm } from "@/parts/useForm";

const empty = { oldPassword: "", password: "", confirmPassword: "" };

/** Changes the password of who is signed in. */
export function Password() {
  const { data } = useQuery(profile());
  const form = useForm({
    initial: empty,
    send: (body) => answer(api.POST("/api/admin/user/change-password", { body })),
    stale: [["sessions"]],
    onDone: () => {
      form.reset(empty);
      notifications.show({ message: "Your password is changed", color: "sea" });
    },
  });
  if (data && !data.canChangePassword) return null;
  return (
    <Paper withBorder p="lg" component="section" aria-label="Password">
      <Title order={2} mb="sm">
        Password
      </Title>
      <Form form={form} submit="Change password">
        <PasswordInput label="Old password" autoComplete="current-password" {...form.field("oldPassword")} />
        <PasswordInput label="New password" autoComplete="new-password" {...form.field("password")} />
        <PasswordInput label="New password again" autoComplete="new-password" {...form.field("confirmPassword")} />
      </Form>
    </Paper>
  );
}
