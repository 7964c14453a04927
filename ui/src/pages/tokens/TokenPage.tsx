import { Alert, Badge, Button } from "@mantine/core";
import { IconKeyOff, IconPlayerPause, IconRefresh, IconTrash } from "@tabler/icons-react";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useChange } from "@/api/mutate";
import { type Token, tokenCalls } from "@/api/queries.tokens";
import { Ago } from "@/parts/Ago";
import { Allowed } from "@/parts/Allowed";
import { Empty } from "@/parts/Empty";
import { Failure } from "@/parts/Form";
import { Page } from "@/parts/Page";
import { useCan } from "@/parts/permissions";
import { TabLinks } from "@/parts/TabLinks";
import { RevokeDialog } from "./RevokeDialog";
import { RotateDialog } from "./RotateDialog";
import { Rotating } from "./Rotating";
import { TokenMenu } from "./TokenMenu";
import { tokenPath } from "./TokensTable";
import { needed, useToken } from "./useToken";
import { kindOf, kinds, stateOf } from "./words";

/** The frame of one token: its name, state, actions and tabs. */
export function TokenPage() {
  const { tokenId, project, token, error, isPending } = useToken();
  const list = project === undefined ? "/admin/api" : `/projects/${encodeURIComponent(project)}/settings/api-access`;
  const above = [
    ...(project === undefined
      ? []
      : [
          { title: "Projects", to: "/projects" },
          { title: project, to: `/projects/${encodeURIComponent(project)}` },
        ]),
    { title: "API tokens", to: list },
  ];
  const at = tokenPath(tokenId, project);
  if (!token) {
    return (
      <Page title={isPending ? "Token" : "No such token"} above={above}>
        {error ? <Failure of={error} /> : !isPending && <Gone id={tokenId} />}
      </Page>
    );
  }
  return (
    <Page
      title={token.tokenName}
      above={above}
      about={kinds[kindOf(token)].about}
      marks={<Marks of={token} />}
      actions={<Actions of={token} project={project} list={list} />}
    >
      <State of={token} project={project} />
      <TabLinks
        label="Token"
        tabs={[
          { title: "Usage", to: at, exact: true },
          { title: "What it can do", to: `${at}/explain` },
          { title: "History", to: `${at}/history` },
        ]}
      />
      <Outlet />
    </Page>
  );
}

function Gone({ id }: { id: string }) {
  // The public id of a personal token is its number.
  if (/^\d+$/.test(id)) {
    return (
      <Empty icon={<IconKeyOff />} title="A personal token">
        Number <code>{id}</code> is of a person or of a service account: its owner sees it in their profile,
        administrators see it with its account.
      </Empty>
    );
  }
  return (
    <Empty icon={<IconKeyOff />} title="Revoked, or not for you to see">
      There is no token <code>{id}</code> among those that you may see. A token that was revoked opens nothing any more;
      what was done with it stays in the event log.
    </Empty>
  );
}

function Marks({ of: t }: { of: Token }) {
  return (
    <>
      <Badge variant="light" color="gray" tt="none">
        {kinds[kindOf(t)].name}
      </Badge>
      <Rotating token={t} />
    </>
  );
}

/** What of the token needs somebody to act. */
function State({ of: t, project }: { of: Token; project?: string }) {
  const calls = tokenCalls(project);
  const can = useCan();
  const enable = useChange(() => calls.change(t.id ?? "", { disabled: false }), {
    stale: calls.stale,
    done: `${t.tokenName} opens again what it did`,
  });
  const state = stateOf(t);
  if (state === "disabled") {
    return (
      <Alert color="gray" icon={<IconPlayerPause aria-hidden />} title="Disabled" mb="md">
        It opens nothing since <Ago time={t.disabledAt} />. All else of it is kept.{" "}
        <Allowed {...needed("UPDATE", t, can)}>
          <Button
            size="compact-sm"
            variant="default"
            loading={enable.isPending}
            onClick={() => enable.mutate(undefined)}
          >
            Enable
          </Button>
        </Allowed>
      </Alert>
    );
  }
  if (state === "expired") {
    return (
      <Alert color="red" title="Expired" mb="md">
        It opens nothing since <Ago time={t.expiresAt} />. Another expiry lets it open again what it did.
      </Alert>
    );
  }
  if (state === "expiring") {
    return (
      <Alert color="yellow" title="Expires soon" mb="md">
        It stops working <Ago time={t.expiresAt} />. Give it another expiry, or what uses it another token, before that.
      </Alert>
    );
  }
  return null;
}

function Actions({ of: t, project, list }: { of: Token; project?: string; list: string }) {
  const [doing, setDoing] = useState<"rotate" | "revoke">();
  const navigate = useNavigate();
  const can = useCan();
  const calls = tokenCalls(project);
  const close = () => setDoing(undefined);
  const expired = t.expiresAt !== null && new Date(t.expiresAt).getTime() <= Date.now();
  return (
    <>
      <Allowed {...needed("UPDATE", t, can)}>
        <Button
          leftSection={<IconRefresh size={18} aria-hidden />}
          disabled={expired}
          onClick={() => setDoing("rotate")}
        >
          Rotate
        </Button>
      </Allowed>
      <Allowed {...needed("DELETE", t, can)}>
        <Button
          variant="light"
          color="red"
          leftSection={<IconTrash size={18} aria-hidden />}
          onClick={() => setDoing("revoke")}
        >
          Revoke
        </Button>
      </Allowed>
      <TokenMenu token={t} project={project} />
      {doing === "rotate" && (
        <RotateDialog
          name={t.tokenName}
          kind={kindOf(t)}
          project={project ?? t.projects.find((id) => id !== "*")}
          rotate={(body) => calls.rotate(t.id ?? "", body)}
          stale={calls.stale}
          onClose={close}
        />
      )}
      {doing === "revoke" && (
        <RevokeDialog token={t} project={project} onClose={close} onDone={() => void navigate({ to: list })} />
      )}
    </>
  );
}
