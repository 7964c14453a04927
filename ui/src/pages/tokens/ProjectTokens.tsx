import { IconKey } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { tokens } from "@/api/queries.tokens";
import { Empty } from "@/parts/Empty";
import { Failure } from "@/parts/Form";
import { Intents } from "./Intents";
import type { Intent } from "./intents";
import { NewToken } from "./NewToken";
import { TokensTable } from "./TokensTable";

/** The tokens of a project, for its members. */
export function ProjectTokens() {
  const { projectId } = useParams({ strict: false }) as { projectId: string };
  const { data, error } = useQuery(tokens(projectId));
  const [creating, setCreating] = useState<Intent>();
  if (error && !data) return <Failure of={error} />;
  return (
    <>
      <Intents only={["client", "frontend"]} project={projectId} onChoose={setCreating} />
      <TokensTable
        tokens={data?.tokens}
        failure={error}
        project={projectId}
        empty={
          <Empty icon={<IconKey />} title="No tokens of this project yet">
            An application needs one to read the project's flags: say above what it is for. Tokens of all projects are
            not listed here.
          </Empty>
        }
      />
      {creating && <NewToken intent={creating} project={projectId} onClose={() => setCreating(undefined)} />}
    </>
  );
}
