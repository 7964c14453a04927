import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Schema } from "@/api/client";
import { environments, projects } from "@/api/queries";
import { tokenPolicy } from "@/api/queries.tokens";
import { SidePanel } from "@/parts/SidePanel";
import type { Intent } from "./intents";
import { Made } from "./Made";
import { NewAdminToken } from "./NewAdminToken";
import { NewPersonalToken } from "./NewPersonalToken";
import { NewSdkToken } from "./NewSdkToken";
import { ownTokens } from "./personal";

interface Props {
  intent: Intent;
  /** Makes tokens of this project only. */
  project?: string;
  onClose: () => void;
}

/** The panel that makes a token for an intent, and then shows its secret once. */
export function NewToken({ intent, project, onClose }: Props) {
  const policy = useQuery(tokenPolicy());
  const choices = useChoices();
  // Forms begin with what the policy says, so they wait for it.
  if (policy.isPending || choices === undefined) return null;
  const common = { title: intent.title, policy: policy.data, onClose };
  if (intent.kind === "personal") return <NewPersonalToken {...common} calls={ownTokens} />;
  if (intent.kind === "admin") return <NewAdminToken {...common} choices={choices} />;
  return <NewSdkToken {...common} kind={intent.kind} choices={choices} project={project} />;
}

/** What a scope can be chosen of. */
export interface Choices {
  projects: { value: string; label: string }[];
  environments: string[];
}

function useChoices(): Choices | undefined {
  const all = useQuery(projects());
  const places = useQuery(environments());
  if (all.isPending || places.isPending) return undefined;
  return {
    projects: (all.data?.projects ?? []).map((p) => ({
      value: p.id,
      label: p.name === p.id ? p.id : `${p.name} (${p.id})`,
    })),
    environments: (places.data?.environments ?? []).map(({ name }) => name),
  };
}

/** A form, and then the secret of what it made, in one panel. */
export function useMade() {
  return useState<Schema<"APIToken">>();
}

interface MadeProps {
  made: Schema<"APIToken">;
  kind: "client" | "frontend" | "admin";
  sealed?: boolean;
  onClose: () => void;
}

/** The panel after a token was made. */
export function MadePanel({ made, kind, sealed, onClose }: MadeProps) {
  const first = made.projects.find((id) => id !== "*");
  return (
    <SidePanel opened onClose={onClose} title={`${made.tokenName} is ready`} size={680}>
      <Made secret={made.secret} kind={kind} project={first} sealed={sealed} onClose={onClose} />
    </SidePanel>
  );
}
