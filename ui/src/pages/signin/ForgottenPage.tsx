import { Anchor, Button, Stack, Text, TextInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { call } from "@/api/client";
import { Failure } from "@/parts/Form";
import { useForm } from "@/parts/useForm";
import { Door } from "./Door";

/** Asks for a link to set a new password by e-mail. */
export function ForgottenPage() {
  const [sent, setSent] = useState(false);
  const form = useForm({
    initial: { email: "" },
    send: (values) => call("POST", "/auth/reset/password-email", values),
    onDone: () => setSent(true),
  });
  const back = (
    <Anchor size="sm" renderRoot={(props) => <Link to="/login" {...props} />}>
      Back to sign in
    </Anchor>
  );
  if (sent) {
    return (
      <Door title="Look into your mailbox">
        <Stack>
          <Text role="status">
            If the address belongs to somebody here and this server sends e-mail, a link is on its way. It works for 24
            hours. Nothing came? An administrator can make a link for you.
          </Text>
          {back}
        </Stack>
      </Door>
    );
  }
  return (
    <Door title="Forgotten password">
      <form onSubmit={form.submit}>
        <Stack>
          <Failure of={form.failure} />
          <TextInput
            label="E-mail address"
            type="email"
            autoComplete="email"
            required
            withAsterisk={false}
            {...form.field("email")}
          />
          <Button type="submit" loading={form.pending}>
            Send a link
          </Button>
          {back}
        </Stack>
      </form>
    </Door>
  );
}
