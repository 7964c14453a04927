import { Paper } from "@mantine/core";
import { IconFlask } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { playground } from "@/api/queries.operations";
import { Copy } from "@/parts/Copy";
import { Empty } from "@/parts/Empty";
import { Page } from "@/parts/Page";
import { Asked } from "./Asked";
import { addressOf, bodyOf, type Question, questionOf } from "./question";
import { Results } from "./Results";

/** Evaluates flags for contexts that people make up. What was asked is in the address. */
export function PlaygroundPage() {
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  const navigate = useNavigate();
  const question = useMemo(() => questionOf(search), [search]);
  const asked = question.environments.length > 0;
  const found = useQuery({ ...playground(bodyOf(question)), enabled: asked });
  const ask = (next: Question) => {
    // The same once more: flags may have changed since.
    if (JSON.stringify(addressOf(next)) === JSON.stringify(addressOf(question))) void found.refetch();
    else void navigate({ to: ".", search: addressOf(next) as never, resetScroll: false });
  };
  return (
    <Page
      title="Playground"
      about="What flags answer for any user, in any environment, and why. Decided by the same code as for SDKs; nothing is counted."
      actions={asked && <Copy text={window.location.href} what="link" words />}
    >
      <Asked key={JSON.stringify(addressOf(question))} question={question} found={found} onAsk={ask} />
      {asked ? (
        !found.error && <Results found={found.data} environments={question.environments} />
      ) : (
        <Paper withBorder>
          <Empty icon={<IconFlask />} title="Nothing asked yet">
            Choose environments, say what is known of a user, and press Evaluate. Several values of a field, such as two
            user ids, are evaluated one by one.
          </Empty>
        </Paper>
      )}
    </Page>
  );
}
