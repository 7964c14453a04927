import { Modal } from "@mantine/core";
import { IconEdit, IconEye, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useState } from "react";
import { answer, api } from "@/api/client";
import { useChange } from "@/api/mutate";
import { type Token, tokenCalls } from "@/api/queries.tokens";
import { useCan } from "@/parts/permissions";
import { type RowAction, RowMenu } from "@/parts/RowMenu";
import { Secret } from "@/parts/Secret";
import { EditToken } from "./EditToken";
import { needed } from "./useToken";

/** The secret of a sealed copy. */
async function reveal(t: Token): Promise<string> {
  const { tokens } = await answer(
    api.GET("/api/admin/api-tokens/{token}", {
      params: { path: { token: t.tokenName }, query: { reveal: "true", details: "true" } },
    }),
  );
  const found = tokens.find(({ id }) => id === t.id)?.secret;
  if (!found || found === t.id) throw new Error("the server shows this secret to nobody with your rights");
  return found;
}

/** What else can be done to a token. */
export function TokenMenu({ token: t, project }: { token: Token; project?: string }) {
  const [editing, setEditing] = useState(false);
  const [secret, setSecret] = useState<string>();
  const can = useCan();
  const calls = tokenCalls(project);
  const { to, project: place } = needed("UPDATE", t, can);
  const disable = useChange((disabled: boolean) => calls.change(t.id ?? "", { disabled }), { stale: calls.stale });
  const show = useChange(() => reveal(t), { stale: [["tokens", "events"], ["events"]] });
  const revealing: RowAction = {
    label: "Reveal the secret",
    icon: <IconEye size={16} aria-hidden />,
    to: "REVEAL_API_TOKEN",
    onClick: () => show.mutate(undefined, { onSuccess: setSecret }),
  };
  const actions: RowAction[] = [
    {
      label: "Name, expiry and limits",
      icon: <IconEdit size={16} aria-hidden />,
      to,
      onClick: () => setEditing(true),
    },
    t.disabledAt
      ? {
          label: "Enable",
          icon: <IconPlayerPlay size={16} aria-hidden />,
          to,
          onClick: () => disable.mutate(false),
        }
      : {
          label: "Disable",
          icon: <IconPlayerPause size={16} aria-hidden />,
          to,
          onClick: () => disable.mutate(true),
        },
    ...(t.sealed ? [revealing] : []),
  ];
  return (
    <>
      <RowMenu of={t.tokenName} place={{ project: place }} actions={[...actions]} />
      {editing && <EditToken token={t} project={project} onClose={() => setEditing(false)} />}
      <Modal
        opened={secret !== undefined}
        onClose={() => setSecret(undefined)}
        title={`The secret of ${t.tokenName}`}
        size={560}
      >
        <Secret secret={secret ?? ""} what="token" kept />
      </Modal>
    </>
  );
}
