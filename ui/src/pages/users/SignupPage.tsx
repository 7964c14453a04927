import { Badge, Button, Select, Stack, Text, TextInput } from "@mantine/core";
import { IconClock, IconLink, IconPlus, IconToggleLeft, IconToggleRight } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useChange } from "@/api/mutate";
import { signupLinks } from "@/api/queries.people";
import { Ago } from "@/parts/Ago";
import { Allowed } from "@/parts/Allowed";
import { accountName } from "@/parts/accountName";
import type { Column } from "@/parts/DataTable";
import { Empty } from "@/parts/Empty";
import { Form } from "@/parts/Form";
import { LocalTable } from "@/parts/LocalTable";
import { RowMenu } from "@/parts/RowMenu";
import { RowName } from "@/parts/RowName";
import { Secret } from "@/parts/Secret";
import { SidePanel } from "@/parts/SidePanel";
import { useTableState } from "@/parts/tableState";
import { useForm } from "@/parts/useForm";
import { listWords } from "@/parts/words";
import { UsersFrame } from "./UsersFrame";

type Signup = Schema<"SignupLink">;

const stale = [["people"], ["events"]];
const days = [1, 3, 7, 14, 30, 90].map((n) => ({ value: String(n), label: n === 1 ? "1 day" : `${n} days` }));
const inDays = (n: string) => new Date(Date.now() + Number(n) * 86_400_000).toISOString();
const expired = (l: Signup) => new Date(l.expiresAt).getTime() <= Date.now();

const local = {
  text: (l: Signup) => [l.name, l.createdBy, ...l.users.map(accountName)],
  by: {
    name: (l: Signup) => l.name,
    expires: (l: Signup) => l.expiresAt,
    people: (l: Signup) => l.users.length,
    created: (l: Signup) => l.createdAt,
  },
};

/** Links by which people make their own account. */
export function SignupPage() {
  const state = useTableState({ sort: "created", order: "desc" });
  const { data, error } = useQuery(signupLinks());
  const [open, setOpen] = useState<Signup | "new">();
  const close = () => setOpen(undefined);
  const create = (
    <Allowed to="ADMIN">
      <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setOpen("new")}>
        New sign-up link
      </Button>
    </Allowed>
  );
  const columns: Column<Signup>[] = [
    { key: "name", label: "Link", sortable: true, heading: true, render: (l) => <Name of={l} /> },
    { key: "expires", label: "Expires", sortable: true, width: 150, render: (l) => <Ago time={l.expiresAt} /> },
    { key: "people", label: "Who came by it", sortable: true, render: (l) => <Came of={l} /> },
    { key: "created", label: "Made", sortable: true, width: 190, wideOnly: true, render: (l) => <Made of={l} /> },
    {
      key: "actions",
      label: "",
      align: "end",
      width: 60,
      render: (l) => <Actions of={l} onExpiry={() => setOpen(l)} />,
    },
  ];
  return (
    <UsersFrame actions={create}>
      <LocalTable
        what="sign-up links"
        columns={columns}
        all={data?.tokens}
        local={local}
        keyOf={(l) => l.secret}
        state={state}
        failure={error}
        empty={
          <Empty icon={<IconLink />} title="No sign-up links" action={create}>
            A link for many: whoever has it makes an account of their own, as a Viewer, until it expires or is switched
            off.
          </Empty>
        }
      />
      {open === "new" && <NewLink onClose={close} />}
      {open && open !== "new" && <Expiry of={open} onClose={close} />}
    </UsersFrame>
  );
}

function Name({ of: l }: { of: Signup }) {
  const state = expired(l) ? "expired" : l.enabled ? "works" : "switched off";
  return (
    <RowName
      name={l.name}
      marks={
        <Badge size="sm" variant="light" color={state === "works" ? "sea" : "gray"} tt="none">
          {state}
        </Badge>
      }
    />
  );
}

function Came({ of: l }: { of: Signup }) {
  if (l.users.length > 0) return <span dir="auto">{listWords(l.users.map(accountName), 3)}</span>;
  return (
    <Text span inherit c="dimmed">
      nobody yet
    </Text>
  );
}

function Made({ of: l }: { of: Signup }) {
  return (
    <span dir="auto">
      <Ago time={l.createdAt} /> by {l.createdBy}
    </span>
  );
}

function Actions({ of: l, onExpiry }: { of: Signup; onExpiry: () => void }) {
  const turn = useChange(
    () =>
      answer(
        api.PUT("/api/admin/invite-link/tokens/{token}", {
          params: { path: { token: l.secret } },
          body: { enabled: !l.enabled },
        }),
      ),
    { stale, done: l.enabled ? `${l.name} is switched off` : `${l.name} is switched on` },
  );
  const Icon = l.enabled ? IconToggleLeft : IconToggleRight;
  return (
    <RowMenu
      of={l.name}
      actions={[
        {
          label: l.enabled ? "Switch off" : "Switch on",
          icon: <Icon size={16} aria-hidden />,
          to: "ADMIN",
          onClick: () => turn.mutate(undefined),
        },
        { label: "Change expiry", icon: <IconClock size={16} aria-hidden />, to: "ADMIN", onClick: onExpiry },
      ]}
    />
  );
}

function NewLink({ onClose }: { onClose: () => void }) {
  const [url, setUrl] = useState("");
  const form = useForm({
    initial: { name: "", expires: "7" },
    send: ({ name, expires }) =>
      answer(api.POST("/api/admin/invite-link/tokens", { body: { name, expiresAt: inDays(expires) } })),
    stale,
    onDone: (made) => setUrl(made.url ?? ""),
  });
  return (
    <SidePanel opened onClose={onClose} title={url ? "Pass this link on" : "New sign-up link"} form={form}>
      {url ? (
        <Stack gap="md">
          <Secret secret={url} what="link" />
          <Text size="sm" c="dimmed">
            Everybody who has it can make an account, as a Viewer. Switch it off when all have come.
          </Text>
          <Button style={{ alignSelf: "flex-end" }} onClick={onClose}>
            Done
          </Button>
        </Stack>
      ) : (
        <Form form={form} submit="Make link" onCancel={onClose}>
          <TextInput
            label="Name"
            description="Who it is for, such as the team."
            data-autofocus
            dir="auto"
            {...form.field("name")}
          />
          <Expires form={form} />
        </Form>
      )}
    </SidePanel>
  );
}

function Expiry({ of: l, onClose }: { of: Signup; onClose: () => void }) {
  const form = useForm({
    initial: { expires: "7" },
    send: ({ expires }) =>
      answer(
        api.PUT("/api/admin/invite-link/tokens/{token}", {
          params: { path: { token: l.secret } },
          body: { expiresAt: inDays(expires) },
        }),
      ),
    stale,
    onDone: onClose,
  });
  return (
    <SidePanel opened onClose={onClose} title={`Expiry of ${l.name}`} form={form}>
      <Form form={form} submit="Save" onCancel={onClose}>
        <Text size="sm">
          It {expired(l) ? "expired" : "expires"} <Ago time={l.expiresAt} />.
        </Text>
        <Expires form={form} />
      </Form>
    </SidePanel>
  );
}

interface ExpiresProps {
  form: {
    field: (key: "expires", path: string) => { value: string; error: string | undefined; name: string };
    set: (key: "expires", value: string) => void;
  };
}

function Expires({ form }: ExpiresProps) {
  return (
    <Select
      label="Works for, from now"
      data={days}
      allowDeselect={false}
      {...form.field("expires", "/body/expiresAt")}
      onChange={(to) => form.set("expires", to ?? "7")}
    />
  );
}
