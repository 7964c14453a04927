import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { call, type Schema } from "@/api/client";
import { Failure } from "@/parts/Form";
import { useForm } from "@/parts/useForm";

interface Props {
  username?: string;
  onDone: (user: Schema<"Account">) => void;
}

/** Username and password. */
export function SignInForm({ username = "", onDone }: Props) {
  const form = useForm({
    initial: { username, password: "" },
    send: (values) => call("POST", "/auth/simple/login", values) as Promise<Schema<"Account">>,
    onDone,
  });
  return (
    <form onSubmit={form.submit}>
      <Stack gap="md">
        <Failure of={form.failure} />
        <TextInput
          label="Username or e-mail"
          autoComplete="username"
          autoFocus={!username}
          required
          withAsterisk={false}
          {...form.field("username")}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          autoFocus={!!username}
          required
          withAsterisk={false}
          {...form.field("password")}
        />
        <Button type="submit" loading={form.pending} fullWidth mt="xs">
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
