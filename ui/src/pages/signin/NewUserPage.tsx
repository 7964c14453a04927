import { Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { call } from "@/api/client";
import { Failure } from "@/parts/Form";
import { useForm } from "@/parts/useForm";
import { Door } from "./Door";
import { PasswordByLink, Spent } from "./PasswordPage";

/** The first page of a new person: by an invitation for one, or by a link to sign up for many. */
export function NewUserPage() {
  const { token = "", invite } = useSearch({ strict: false }) as { token?: string; invite?: string };
  return invite ? <SignUp invite={invite} /> : <PasswordByLink token={token} title="Welcome to Burgee" />;
}

function SignUp({ invite }: { invite: string }) {
  const navigate = useNavigate();
  const path = `/invite/${encodeURIComponent(invite)}`;
  const link = useQuery({
    queryKey: ["signup-link", invite],
    queryFn: async () => {
      await call("GET", `${path}/validate`);
      return true;
    },
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const form = useForm({
    initial: { name: "", email: "", password: "" },
    send: (values) => call("POST", `${path}/signup`, values),
    onDone: () => void navigate({ to: "/login", search: { done: "password" }, replace: true }),
  });
  if (link.isError) return <Spent failure={link.error} />;
  return (
    <Door title="Welcome to Burgee">
      <form onSubmit={form.submit}>
        <Stack>
          <Failure of={form.failure} />
          <TextInput label="Name" autoComplete="name" required withAsterisk={false} {...form.field("name")} />
          <TextInput
            label="E-mail address"
            type="email"
            autoComplete="email"
            required
            withAsterisk={false}
            {...form.field("email")}
          />
          <PasswordInput
            label="Password"
            autoComplete="new-password"
            required
            withAsterisk={false}
            {...form.field("password")}
          />
          <Button type="submit" loading={form.pending} disabled={link.isPending}>
            Create account
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
