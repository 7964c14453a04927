import { Anchor, Badge, Box, Button, Group, SegmentedControl, Text } from "@mantine/core";
import { IconFolders, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Schema } from "@/api/client";
import { projects } from "@/api/queries";
import { Ago } from "@/parts/Ago";
import { Allowed } from "@/parts/Allowed";
import { type Column, DataTable } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { Page } from "@/parts/Page";
import { SearchBox } from "@/parts/SearchBox";
import { Steps } from "@/parts/Steps";
import { localRows, useTableState } from "@/parts/tableState";
import { NewProject } from "./NewProject";

type Project = Schema<"Project">;

const columns: Column<Project>[] = [
  { key: "name", label: "Project", sortable: true, heading: true, render: (p) => <Name of={p} /> },
  { key: "flags", label: "Flags", sortable: true, align: "end", render: (p) => p.featureCount.toLocaleString("en") },
  {
    key: "stale",
    label: "Stale",
    sortable: true,
    align: "end",
    render: (p) => p.staleFeatureCount.toLocaleString("en"),
  },
  { key: "members", label: "Members", sortable: true, align: "end", render: (p) => p.memberCount.toLocaleString("en") },
  {
    key: "used",
    label: "Last evaluated",
    sortable: true,
    align: "end",
    render: (p) => <Ago time={p.lastReportedFlagUsage} />,
  },
];

const local = {
  text: (p: Project) => [p.name, p.id, p.description],
  by: {
    name: (p: Project) => p.name,
    flags: (p: Project) => p.featureCount,
    stale: (p: Project) => p.staleFeatureCount,
    members: (p: Project) => p.memberCount,
    used: (p: Project) => p.lastReportedFlagUsage ?? "",
  },
};

/** All projects that the person may see. */
export function ProjectsPage() {
  const state = useTableState({ sort: "name" });
  const archived = state.filter("show") === "archived";
  const { data, error } = useQuery(projects(archived));
  const [creating, setCreating] = useState(false);
  const found = data && localRows(data.projects, state, local);
  const create = (
    <Allowed to="CREATE_PROJECT">
      <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setCreating(true)}>
        New project
      </Button>
    </Allowed>
  );
  return (
    <Page
      title="Projects"
      about="Flags live in projects. Who may see and change them is decided here."
      actions={create}
    >
      {!archived && data && <FirstFlag in={data.projects} />}
      <Group mb="md" gap="sm">
        <SearchBox state={state} what="projects" />
        <SegmentedControl
          aria-label="Show"
          value={archived ? "archived" : ""}
          onChange={(show) => state.set({ show })}
          data={[
            { value: "", label: "Active" },
            { value: "archived", label: "Archived" },
          ]}
        />
      </Group>
      <DataTable
        what="projects"
        columns={columns}
        rows={found?.rows}
        total={found?.total}
        keyOf={(p) => p.id}
        state={state}
        failure={error}
        empty={
          <Empty icon={<IconFolders />} title="No projects yet" action={create}>
            A project holds the flags of one team or product, and the tokens that read them.
          </Empty>
        }
      />
      <NewProject opened={creating} onClose={() => setCreating(false)} />
    </Page>
  );
}

/** The way to the first flag of a server that has none. */
function FirstFlag({ in: all }: { in: Project[] }) {
  const [first] = all;
  if (!first || all.some((p) => p.featureCount > 0)) return null;
  return (
    <Box mb="lg">
      <Steps
        title="From here to the first flag in your code"
        steps={[
          {
            title: "Create a flag",
            about: "A name that your code asks for.",
            action: (
              <Allowed to="CREATE_FEATURE" project={first.id}>
                <Button
                  size="xs"
                  renderRoot={(props) => (
                    <Link
                      to="/projects/$projectId"
                      params={{ projectId: first.id }}
                      search={{ create: "flag" }}
                      {...props}
                    />
                  )}
                >
                  Create your first flag
                </Button>
              </Allowed>
            ),
          },
          { title: "Switch it on", about: "In development first. Production is on its own." },
          { title: "Connect an application", about: "A token, a few lines of code, and its first call as it arrives." },
        ]}
      />
    </Box>
  );
}

function Name({ of: p }: { of: Project }) {
  return (
    <div>
      <Group gap={8}>
        <Anchor
          fw={600}
          dir="auto"
          renderRoot={(props) => <Link to="/projects/$projectId" params={{ projectId: p.id }} {...props} />}
        >
          {p.name}
        </Anchor>
        {p.mode !== "open" && (
          <Badge size="sm" variant="light" color="gray">
            {p.mode}
          </Badge>
        )}
      </Group>
      {p.description && (
        <Text size="sm" c="dimmed" lineClamp={2} dir="auto">
          {p.description}
        </Text>
      )}
    </div>
  );
}
