import { Button } from "@mantine/core";
import { IconClockShield, IconKey } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { tokens } from "@/api/queries.tokens";
import { Empty } from "@/parts/Empty";
import { Page } from "@/parts/Page";
import { useCan } from "@/parts/permissions";
import { Intents } from "./Intents";
import type { Intent } from "./intents";
import { NewToken } from "./NewToken";
import { PolicyPanel } from "./PolicyPanel";
import { TokensTable } from "./TokensTable";

/** All API tokens that the person may see, and making new ones. */
export function TokensPage() {
  const { data, error } = useQuery(tokens());
  const [creating, setCreating] = useState<Intent>();
  const [policy, setPolicy] = useState(false);
  const can = useCan();
  return (
    <Page
      title="API tokens"
      about="What applications, pipelines and people identify themselves with. Every secret is shown once."
      actions={
        can("ADMIN") && (
          <Button
            variant="default"
            leftSection={<IconClockShield size={18} aria-hidden />}
            onClick={() => setPolicy(true)}
          >
            Lifetimes
          </Button>
        )
      }
    >
      <Intents onChoose={setCreating} />
      <TokensTable
        tokens={data?.tokens}
        failure={error}
        empty={
          <Empty icon={<IconKey />} title="No tokens yet">
            An application needs one to read flags: say above what it is for, and you get code that already contains it.
          </Empty>
        }
      />
      {creating && <NewToken intent={creating} onClose={() => setCreating(undefined)} />}
      {policy && <PolicyPanel onClose={() => setPolicy(false)} />}
    </Page>
  );
}
