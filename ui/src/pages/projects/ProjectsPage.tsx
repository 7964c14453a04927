import { Badge, Box, Button, Group, SegmentedControl } from "@mantine/core";
import { IconFolders, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Schema } from "@/api/client";
import { projects } from "@/api/queries";
import { Ago } from "@/parts/Ago";
import { Allowed } from "@/parts/Allowed";
import type { Column } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { LocalTable } from "@/parts/LocalTable";
import { Page } from "@/parts/Page";
import { RowName } from "@/parts/RowName";
import { Steps } from "@/parts/Steps";
import { useTableState } from "@/parts/tableState";
import { NewProject } from "./NewProject";
import { ProjectStar } from "./ProjectStar";

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
  first: (p: Project) => p.favorite,
};

/** All projects that the person may see. */
export function ProjectsPage() {
  const state = useTableState({ sort: "name" });
  const archived = state.filter("show") === "archived";
  const { data, error } = useQuery(projects(archived));
  const [creating, setCreating] = useState(false);
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
      <LocalTable
        what="projects"
        columns={columns}
        all={data?.projects}
        local={local}
        filters={
          <SegmentedControl
            aria-label="Show"
            value={archived ? "archived" : ""}
            onChange={(show) => state.set({ show })}
            data={[
              { value: "", label: "Active" },
              { value: "archived", label: "Archived" },
            ]}
          />
        }
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
  const marks = p.mode !== "open" && (
    <Badge size="sm" variant="light" color="gray" tt="none">
      {p.mode}
    </Badge>
  );
  return (
    <Group gap={6} wrap="nowrap" align="flex-start">
      <ProjectStar projectId={p.id} name={p.name} favorite={p.favorite} />
      <RowName
        name={p.name}
        to={`/projects/${encodeURIComponent(p.id)}`}
        about={p.description}
        lines={2}
        marks={marks}
      />
    </Group>
  );
}
