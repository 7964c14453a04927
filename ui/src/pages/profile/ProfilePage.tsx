import { Button, Group, Paper, Skeleton, Text, Title } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { me } from "@/api/queries";
import { personalTokens, tokenPolicy } from "@/api/queries.tokens";
import { Failure } from "@/parts/Form";
import { Page } from "@/parts/Page";
import { ThemeChoice } from "@/parts/ThemeChoice";
import { NewPersonalToken } from "../tokens/NewPersonalToken";
import { PersonalTokensTable } from "../tokens/PersonalTokensTable";
import { ownTokens } from "../tokens/personal";
import { Belonging } from "./Belonging";
import { Password } from "./Password";
import classes from "./profile.module.css";
import { Sessions } from "./Sessions";

/** What is one's own: tokens, sessions, password, look, and what one belongs to. */
export function ProfilePage() {
  const { data } = useQuery(me());
  const user = data?.user;
  const names = [user?.username, user?.email].filter((name) => name && name !== user?.name);
  return (
    <Page title={user?.name || user?.username || user?.email || "Profile"} about={names.join(" · ")}>
      <div className={classes.columns}>
        <div className={classes.stack}>
          <PersonalTokens />
          <Sessions />
        </div>
        <div className={classes.stack}>
          <Belonging />
          <Password />
          <Look />
        </div>
      </div>
    </Page>
  );
}

function PersonalTokens() {
  const { data, error } = useQuery(personalTokens());
  const policy = useQuery(tokenPolicy());
  const [creating, setCreating] = useState(false);
  return (
    <Paper withBorder p="lg" component="section" aria-label="Personal access tokens">
      <Group justify="space-between" mb="xs">
        <Title order={2}>Personal access tokens</Title>
        <Button
          size="xs"
          variant="light"
          leftSection={<IconPlus size={16} aria-hidden />}
          loading={policy.isPending}
          onClick={() => setCreating(true)}
        >
          New token
        </Button>
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        Do what you may do, at every moment: for the command line and for trying out the Admin API.
      </Text>
      {error && !data ? (
        <Failure of={error} />
      ) : !data ? (
        <Skeleton height={80} />
      ) : data.pats.length === 0 ? (
        <Text c="dimmed">You have none.</Text>
      ) : (
        <PersonalTokensTable tokens={data.pats} calls={ownTokens} label="Your tokens" />
      )}
      {creating && (
        <NewPersonalToken
          title="New personal token"
          policy={policy.data}
          calls={ownTokens}
          onClose={() => setCreating(false)}
        />
      )}
    </Paper>
  );
}

function Look() {
  return (
    <Paper withBorder p="lg" component="section" aria-label="Look">
      <Title order={2} mb="sm">
        Look
      </Title>
      <ThemeChoice />
      <Text size="sm" c="dimmed" mt="xs">
        Kept in this browser.
      </Text>
    </Paper>
  );
}
