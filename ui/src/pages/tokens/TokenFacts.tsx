import { Anchor, Group, Paper, Text } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { Fragment, type ReactNode } from "react";
import type { Token } from "@/api/queries.tokens";
import { Ago } from "@/parts/Ago";
import { Copy } from "@/parts/Copy";
import { ExpiryWords } from "./ExpiryWords";
import classes from "./tokens.module.css";
import { kindOf, kinds } from "./words";

/** What a token is, and what limits it. */
export function TokenFacts({ token: t }: { token: Token }) {
  const facts: [string, ReactNode][] = [
    ["Kind", kinds[kindOf(t)].name],
    ["Covers", <Projects key="covers" of={t} />],
    ["Environment", <Environments key="environment" of={t} />],
    ["Expires", <ExpiryWords key="expires" token={t} />],
    ["Last used", <Ago key="used" time={t.seenAt} />],
    ["Created", <Ago key="created" time={t.createdAt} />],
    ["Secret", <Kept key="secret" of={t} />],
    [
      "Public id",
      <Group key="id" gap={4} wrap="nowrap">
        <code className={classes.hint}>{t.id}</code>
        <Copy text={t.id ?? ""} what="id" />
      </Group>,
    ],
    ["Networks", list(t.allowedNetworks, "From everywhere")],
    ...(t.type === "frontend" ? [["Origins", list(t.allowedOrigins, "On every page")] as [string, ReactNode]] : []),
    ["Requests per second", t.requestsPerSecond ? t.requestsPerSecond.toLocaleString("en") : "Any number"],
  ];
  return (
    <Paper withBorder p="md" component="section" aria-label="About this token">
      <dl className={classes.facts}>
        {facts.map(([term, fact]) => (
          <Fragment key={term}>
            <dt>{term}</dt>
            <dd>{fact}</dd>
          </Fragment>
        ))}
      </dl>
    </Paper>
  );
}

function Projects({ of: t }: { of: Token }) {
  if (t.projects.includes("*")) return "All projects, now and later";
  if (t.projects.length === 0) return "Nothing: its projects are deleted";
  return t.projects.map((id, index) => (
    <Fragment key={id}>
      {index > 0 && ", "}
      <Anchor
        dir="auto"
        renderRoot={(props) => <Link to="/projects/$projectId" params={{ projectId: id }} {...props} />}
      >
        {id}
      </Anchor>
    </Fragment>
  ));
}

function Environments({ of: t }: { of: Token }) {
  if (t.type !== "admin") return <span dir="auto">{t.environment}</span>;
  return <span dir="auto">{t.environments?.length ? t.environments.join(", ") : "All"}</span>;
}

function Kept({ of: t }: { of: Token }) {
  return (
    <>
      {(t.secrets ?? []).map(({ hint, endsAt }) => (
        <div key={hint}>
          <code className={classes.hint}>{hint}</code>{" "}
          {endsAt && (
            <Text span size="sm" c="dimmed">
              ends <Ago time={endsAt} />
            </Text>
          )}
        </div>
      ))}
      <Text size="sm" c="dimmed">
        {t.sealed ? "The server keeps an encrypted copy." : "The server keeps its digest only."}
      </Text>
    </>
  );
}

function list(all: string[] | undefined, without: string): ReactNode {
  if (!all || all.length === 0) return without;
  return all.map((one) => <div key={one}>{one}</div>);
}
