import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { Link, useRouter } from "@tanstack/react-router";
import { ApiError, messageOf } from "@/api/error";
import classes from "./Page.module.css";

/** The page for a failure that nothing else shows. It never shows a stack trace. */
export function Failed({ error }: { error: unknown }) {
  const router = useRouter();
  const status = error instanceof ApiError ? error.status : -1;
  if (status === 404) return <NotFound what={messageOf(error)} />;
  const title =
    status === 403 ? "You may not see this" : status === 0 ? "The server cannot be reached" : "Something went wrong";
  return (
    <div className={classes.page} role="alert">
      <Stack align="flex-start" gap="sm" py="xl">
        <Title order={1}>{title}</Title>
        <Text>{status === -1 ? "This page stopped working. Loading it again usually helps." : messageOf(error)}</Text>
        {error instanceof ApiError && error.permissions.length > 0 && (
          <Text>Needed: {error.permissions.join(" or ")}.</Text>
        )}
        {error instanceof ApiError && error.id && (
          <Text size="sm" c="dimmed">
            The server's log knows this answer as {error.id}.
          </Text>
        )}
        <Group mt="sm">
          <Button onClick={() => void router.invalidate()}>Try again</Button>
          <Button variant="default" renderRoot={(props) => <Link to="/projects" {...props} />}>
            All projects
          </Button>
        </Group>
      </Stack>
    </div>
  );
}

/** The page for an address that leads nowhere. */
export function NotFound({ what }: { what?: string }) {
  return (
    <div className={classes.page}>
      <Stack align="flex-start" gap="sm" py="xl">
        <Title order={1}>Not found</Title>
        <Text dir="auto">
          {what ?? "There is no page at this address. It may have been renamed, archived or deleted."}
        </Text>
        <Button mt="sm" renderRoot={(props) => <Link to="/projects" {...props} />}>
          All projects
        </Button>
      </Stack>
    </div>
  );
}
