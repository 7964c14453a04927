import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useChange } from "@/api/mutate";
import { me } from "@/api/queries";
import { accountName } from "@/parts/accountName";
import { Confirm } from "@/parts/Confirm";
import { Failure } from "@/parts/Form";
import { deleteAction, disableAction, editAction, RowMenu } from "@/parts/RowMenu";
import { Secret } from "@/parts/Secret";

type User = Schema<"Account">;
type Asking = "delete" | "disable" | "reset" | undefined;

const stale = [["people"], ["projects"], ["me"], ["events"]];

interface Props {
  of: User;
  onEdit: () => void;
  onDeleted?: () => void;
}

/** What can be done with a person: change, lock out, let in again, help with the password, remove. */
export function UserMenu({ of: u, onEdit, onDeleted }: Props) {
  const [asking, setAsking] = useState<Asking>();
  const self = useQuery(me()).data?.user.id === u.id;
  const name = accountName(u);
  const path = { id: String(u.id) };
  const close = () => setAsking(undefined);
  const disable = useChange(
    (disabled: boolean) => answer(api.PUT("/api/admin/user-admin/{id}", { params: { path }, body: { disabled } })),
    { stale, done: u.disabledAt ? `${name} can sign in again` : `${name} is disabled` },
  );
  const remove = useChange(() => answer(api.DELETE("/api/admin/user-admin/{id}", { params: { path } })), {
    stale,
    done: `${name} is deleted`,
  });
  return (
    <>
      <RowMenu
        of={name}
        actions={[
          editAction("ADMIN", onEdit),
          {
            label: "Reset password",
            icon: <IconKey size={16} aria-hidden />,
            to: "ADMIN",
            onClick: () => setAsking("reset"),
            not: u.disabledAt ? "Disabled: enable first" : false,
          },
          disableAction("ADMIN", {
            disabled: !!u.disabledAt,
            onEnable: () => disable.mutate(false),
            onDisable: () => setAsking("disable"),
            not: self && "Nobody disables themselves",
          }),
          deleteAction("ADMIN", () => setAsking("delete"), self && "Nobody deletes themselves"),
        ]}
      />
      <Confirm
        opened={asking === "disable"}
        onClose={close}
        title={`Disable ${name}?`}
        action="Disable"
        pending={disable.isPending}
        onConfirm={() => disable.mutate(true, { onSettled: close })}
      >
        Sessions end now, and neither the password nor a personal token opens anything until the account is enabled
        again. Roles and tokens are kept.
      </Confirm>
      <Confirm
        opened={asking === "delete"}
        onClose={close}
        title={`Delete ${name}?`}
        action="Delete user"
        typeName={name}
        pending={remove.isPending}
        failure={remove.error}
        onConfirm={() => remove.mutate(undefined, { onSuccess: onDeleted ?? close })}
      >
        Sessions end, personal tokens stop working and roles in projects are gone, at once and for good. What they did
        stays in the event log. To keep the account for later, disable it.
      </Confirm>
      <Modal opened={asking === "reset"} onClose={close} title={`A new password for ${name}`}>
        <Reset id={u.id} onClose={close} />
      </Modal>
    </>
  );
}

function Reset({ id, onClose }: { id: number; onClose: () => void }) {
  const make = useChange(() => answer(api.POST("/api/admin/user-admin/reset-password", { body: { id: String(id) } })), {
    stale: [["events"]],
  });
  if (make.data) {
    return (
      <Stack gap="md">
        <Secret secret={make.data.resetPasswordUrl} what="link" />
        <Text size="sm" c="dimmed">
          Pass it on: it works once, for 24 hours. The old password works until then.
        </Text>
        <Group justify="flex-end">
          <Button onClick={onClose}>Done</Button>
        </Group>
      </Stack>
    );
  }
  return (
    <Stack gap="md">
      <Failure of={make.error} />
      <Text size="sm">
        You get a link to pass on, with which they choose a new password. Earlier links stop working.
      </Text>
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button data-autofocus loading={make.isPending} onClick={() => make.mutate(undefined)}>
          Make a link
        </Button>
      </Group>
    </Stack>
  );
}
