import { Button } from "@mantine/core";
import { IconFlag, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { project } from "@/api/queries";
import { Allowed } from "@/parts/Allowed";
import { Empty } from "@/parts/Empty";
import { FlagsTable } from "../flags/FlagsTable";
import { NewFlag } from "../flags/NewFlag";

const none: string[] = [];

/** The flags of a project. */
export function ProjectFlags() {
  const { projectId } = useParams({ strict: false }) as { projectId: string };
  const { data } = useQuery({
    ...project(projectId),
    select: ({ environments }) => environments.map((e) => e.environment),
  });
  const { create: asked } = useSearch({ strict: false }) as { create?: string };
  const [creating, setCreating] = useState(asked === "flag");
  const create = (
    <Allowed to="CREATE_FEATURE" project={projectId}>
      <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setCreating(true)}>
        New flag
      </Button>
    </Allowed>
  );
  return (
    <>
      <FlagsTable
        projectId={projectId}
        environments={data ?? none}
        action={create}
        empty={
          <Empty icon={<IconFlag />} title="No flags yet" action={create}>
            A flag is a name that your code asks for: on or off, for whom, and in which variant. Create one, switch it
            on in development, and connect an SDK.
          </Empty>
        }
      />
      <NewFlag projectId={projectId} opened={creating} onClose={() => setCreating(false)} />
    </>
  );
}
