import { Button } from "@mantine/core";
import { IconFlag } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { environments } from "@/api/queries";
import { Empty } from "@/parts/Empty";
import { Page } from "@/parts/Page";
import { FlagsTable } from "./FlagsTable";

const none: string[] = [];

/** The flags of all projects that the person may see. */
export function FlagsPage() {
  const { data } = useQuery({
    ...environments(),
    select: (all) => all.environments.filter((e) => e.enabled).map((e) => e.name),
  });
  return (
    <Page title="All flags" about="Of every project that you may see.">
      <FlagsTable
        environments={data ?? none}
        empty={
          <Empty
            icon={<IconFlag />}
            title="No flags yet"
            action={<Button renderRoot={(props) => <Link to="/projects" {...props} />}>Choose a project</Button>}
          >
            Flags are created in a project.
          </Empty>
        }
      />
    </Page>
  );
}
