import { Anchor, Text } from "@mantine/core";
import { Link, useRouter, useSearch } from "@tanstack/react-router";
import { queries } from "@/api/cache";
import { basePath } from "@/api/client";
import { Door } from "./Door";
import { SignInForm } from "./SignInForm";

/** Signs in, and goes on to the page that was asked for. */
export function SignInPage() {
  const router = useRouter();
  const search = useSearch({ strict: false }) as { redirect?: string; done?: string };
  return (
    <Door title="Sign in">
      {search.done === "password" && (
        <Text mb="md" role="status">
          Your password is set. Sign in with it.
        </Text>
      )}
      <SignInForm
        onDone={() => {
          queries.clear();
          router.history.push(basePath + safe(search.redirect));
        }}
      />
      <Text size="sm" mt="lg">
        <Anchor renderRoot={(props) => <Link to="/forgotten-password" {...props} />}>Forgotten password?</Anchor>
      </Text>
    </Door>
  );
}

/** An address of this app, and of no other. */
export function safe(redirect: string | undefined): string {
  return redirect && /^\/(?![/\\])/.test(redirect) ? redirect : "/projects";
}
