import { Alert, Button, PasswordInput, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { call } from "@/api/client";
import { messageOf } from "@/api/error";
import { Failure } from "@/parts/Form";
import { useForm } from "@/parts/useForm";
import { Door } from "./Door";

/** Sets a password by the link that an administrator or an e-mail gave. */
export function PasswordPage() {
  const { token = "" } = useSearch({ strict: false }) as { token?: string };
  return <PasswordByLink token={token} title="Choose a new password" />;
}

/** The form behind a link: for a first password and for a new one. */
export function PasswordByLink({ token, title }: { token: string; title: string }) {
  const navigate = useNavigate();
  const link = useQuery({
    queryKey: ["password-link", token],
    queryFn: () =>
      call("GET", `/auth/reset/validate?token=${encodeURIComponent(token)}`) as Promise<{
        name?: string;
        email: string;
      }>,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const form = useForm({
    initial: { password: "" },
    send: ({ password }) => call("POST", "/auth/reset/password", { token, password }),
    onDone: () => void navigate({ to: "/login", search: { done: "password" }, replace: true }),
  });
  if (link.isError) return <Spent failure={link.error} />;
  return (
    <Door title={title}>
      <form onSubmit={form.submit}>
        <Stack>
          {link.data && (
            <Text dir="auto">
              For {link.data.name || link.data.email}
              {link.data.name && link.data.email ? ` (${link.data.email})` : ""}.
            </Text>
          )}
          <Failure of={form.failure} />
          <PasswordInput
            label="New password"
            autoComplete="new-password"
            required
            withAsterisk={false}
            {...form.field("password")}
          />
          <Button type="submit" loading={form.pending} disabled={link.isPending}>
            Set password
          </Button>
        </Stack>
      </form>
    </Door>
  );
}

/** A link that was used, replaced or is too old. */
export function Spent({ failure }: { failure: unknown }) {
  return (
    <Door title="This link does not work">
      <Stack>
        <Alert color="red">{messageOf(failure)}</Alert>
        <Text>Links work once and for a limited time. Ask an administrator for a new one.</Text>
        <Button variant="default" renderRoot={(props) => <Link to="/login" {...props} />}>
          Sign in
        </Button>
      </Stack>
    </Door>
  );
}
