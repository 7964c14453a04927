import { Badge, Select, Text } from "@mantine/core";
import type { ReactNode } from "react";
import type { Token } from "@/api/queries.tokens";
import { Ago } from "@/parts/Ago";
import type { Column } from "@/parts/DataTable";
import { LocalTable } from "@/parts/LocalTable";
import { RowName } from "@/parts/RowName";
import { type TableState, useTableState } from "@/parts/tableState";
import { ExpiryWords } from "./ExpiryWords";
import { Rotating } from "./Rotating";
import classes from "./tokens.module.css";
import { kindOf, kinds, narrowed, scopeWords, sdkWords, stateOf } from "./words";

interface Props {
  tokens: Token[] | undefined;
  failure: unknown;
  /** The tokens of one project, whose pages are below it. */
  project?: string;
  empty: ReactNode;
}

/** The address of a token's page. */
export function tokenPath(id: string, project?: string): string {
  const one = encodeURIComponent(id);
  return project === undefined
    ? `/admin/api/${one}`
    : `/projects/${encodeURIComponent(project)}/settings/api-access/${one}`;
}

const local = {
  text: (t: Token) => [
    t.tokenName,
    t.id,
    t.hint,
    kinds[kindOf(t)].name,
    t.environment,
    scopeWords(t),
    t.lastUser?.appName,
  ],
  by: {
    name: (t: Token) => t.tokenName,
    kind: (t: Token) => kinds[kindOf(t)].name,
    scope: (t: Token) => scopeWords(t),
    environment: (t: Token) => t.environment,
    expires: (t: Token) => t.expiresAt ?? "9999",
    used: (t: Token) => t.seenAt ?? "",
    created: (t: Token) => t.createdAt,
  },
};

/** A list of API tokens: filtered, sorted and paged by the address. */
export function TokensTable({ tokens, failure, project, empty }: Props) {
  const state = useTableState({ sort: "created", order: "desc" });
  return (
    <LocalTable
      what="tokens"
      columns={columns(project)}
      all={tokens?.filter((t) => matches(t, state))}
      local={local}
      keyOf={(t) => t.id ?? t.secret}
      state={state}
      failure={failure}
      empty={empty}
      filters={<Filters tokens={tokens ?? []} state={state} project={project} />}
    />
  );
}

function columns(project: string | undefined): Column<Token>[] {
  return [
    { key: "name", label: "Token", sortable: true, heading: true, render: (t) => <Name of={t} project={project} /> },
    { key: "kind", label: "Kind", sortable: true, width: 110, render: (t) => kinds[kindOf(t)].name },
    { key: "scope", label: "Covers", sortable: true, render: (t) => <Scope of={t} /> },
    {
      key: "environment",
      label: "Environment",
      sortable: true,
      render: (t) => <span dir="auto">{t.type === "admin" ? environmentsWords(t) : t.environment}</span>,
    },
    { key: "expires", label: "Expires", sortable: true, width: 130, render: (t) => <ExpiryWords token={t} /> },
    { key: "used", label: "Last used", sortable: true, render: (t) => <LastUse of={t} /> },
    {
      key: "created",
      label: "Created",
      sortable: true,
      wideOnly: true,
      render: (t) => <Ago time={t.createdAt} />,
    },
  ];
}

const environmentsWords = (t: Token) => (t.environments?.length ? t.environments.join(", ") : "All");

function Name({ of: t, project }: { of: Token; project?: string }) {
  const marks = (
    <>
      {stateOf(t) === "disabled" && (
        <Badge size="sm" variant="light" color="gray" tt="none">
          Disabled
        </Badge>
      )}
      <Rotating token={t} />
    </>
  );
  return (
    <RowName name={t.tokenName} to={tokenPath(t.id ?? "", project)} marks={marks}>
      <code className={classes.hint}>{t.hint}</code>
    </RowName>
  );
}

const most = 3; // projects that are named

function Scope({ of: t }: { of: Token }) {
  const [words, more] =
    t.projects.length > most
      ? [t.projects.slice(0, most).join(", "), ` and ${t.projects.length - most} more`]
      : [scopeWords(t), ""];
  return (
    <span>
      <span dir="auto">{words}</span>
      {more}
      {t.type === "admin" && narrowed(t) && (
        <Text size="sm" c="dimmed">
          {t.permissions?.length === 1
            ? t.permissions[0]
            : t.permissions?.length
              ? `${t.permissions.length} permissions`
              : "all but the server's"}
        </Text>
      )}
    </span>
  );
}

function LastUse({ of: t }: { of: Token }) {
  const by = t.lastUser;
  return (
    <div>
      <Ago time={t.seenAt} />
      {by && (by.appName || by.sdk) && (
        <Text size="sm" c="dimmed" dir="auto" lineClamp={1}>
          {[by.appName, by.sdk && sdkWords(by.sdk)].filter(Boolean).join(" · ")}
        </Text>
      )}
    </div>
  );
}

/** Whether a token passes the filters of the address. */
function matches(t: Token, { filter }: TableState): boolean {
  const [kind, environment, state, project] = ["kind", "environment", "state", "project"].map(filter);
  const is = stateOf(t);
  return (
    (!kind || kindOf(t) === kind) &&
    (!environment || (t.type !== "admin" && t.environment === environment)) &&
    (!project || t.projects.includes(project) || t.projects.includes("*")) &&
    (!state || is === state || (state === "unused" && !t.seenAt) || (state === "active" && is === "expiring"))
  );
}

function Filters({ tokens, state, project }: { tokens: Token[]; state: TableState; project?: string }) {
  const environments = [...new Set(tokens.filter((t) => t.type !== "admin").map((t) => t.environment))].sort();
  const projects = [...new Set(tokens.flatMap((t) => t.projects))].filter((id) => id !== "*").sort();
  const one = (name: string, label: string, data: { value: string; label: string }[]) => (
    <Select
      aria-label={label}
      placeholder={label}
      clearable
      clearButtonProps={{ "aria-label": `Clear ${label.toLowerCase()}` }}
      searchable={data.length > 12}
      data={data}
      value={state.filter(name) || null}
      onChange={(value) => state.set({ [name]: value ?? undefined })}
      w={150}
    />
  );
  const same = (all: string[]) => all.map((value) => ({ value, label: value }));
  return (
    <>
      {one("kind", "Kind", [
        { value: "client", label: "Client" },
        { value: "frontend", label: "Front-end" },
        ...(project === undefined ? [{ value: "admin", label: "Admin" }] : []),
      ])}
      {project === undefined && one("project", "Project", same(known(projects, state.filter("project"))))}
      {one("environment", "Environment", same(known(environments, state.filter("environment"))))}
      {one("state", "State", [
        { value: "active", label: "Active" },
        { value: "expiring", label: "Expires soon" },
        { value: "expired", label: "Expired" },
        { value: "disabled", label: "Disabled" },
        { value: "unused", label: "Never used" },
      ])}
    </>
  );
}

/** The choices with the one that is chosen, which the list may no longer have. */
const known = (all: string[], chosen: string) => (chosen && !all.includes(chosen) ? [...all, chosen] : all);
