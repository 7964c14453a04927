import { Paper, Skeleton } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { accountTokens } from "@/api/queries.people";
import { Empty } from "@/parts/Empty";
import { Failure } from "@/parts/Form";
import { PersonalTokensTable } from "../tokens/PersonalTokensTable";
import type { PersonalCalls } from "../tokens/personal";

interface Props {
  kind: "user" | "service";
  id: string;
  calls: PersonalCalls;
  /** What the list is called. */
  label: string;
  /** Shown while there is no token. */
  about: string;
  action?: ReactNode;
}

/** The tokens of a person or a service account. */
export function AccountTokens({ kind, id, calls, label, about, action }: Props) {
  const { data, error } = useQuery({ ...accountTokens(kind, id), refetchInterval: 30_000 });
  if (error && !data) return <Failure of={error} />;
  if (!data) return <Skeleton height={160} />;
  return (
    <Paper withBorder>
      {data.pats.length > 0 ? (
        <PersonalTokensTable tokens={data.pats} calls={calls} label={label} />
      ) : (
        <Empty icon={<IconKey />} title="No tokens" action={action}>
          {about}
        </Empty>
      )}
    </Paper>
  );
}
