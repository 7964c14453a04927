import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { IconAlertTriangle, IconCopy } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useChange } from "@/api/mutate";
import { roleHolders } from "@/api/queries.people";
import { Confirm } from "@/parts/Confirm";
import { deleteAction, editAction, RowMenu } from "@/parts/RowMenu";
import { holdersOf, placeWords } from "./holders";

interface Props {
  of: Schema<"RoleInfo">;
  onEdit: () => void;
  onCopy: () => void;
  onDeleted?: () => void;
}

/** Whether a role came with the server, so that it cannot be changed. */
export const builtIn = (role: Pick<Schema<"RoleInfo">, "type">) => !role.type.endsWith("custom");

/** What can be done with a role. */
export function RoleMenu({ of: role, onEdit, onCopy, onDeleted }: Props) {
  const [asking, setAsking] = useState(false);
  const fixed = builtIn(role) && "Built in: start a new one from it";
  return (
    <>
      <RowMenu
        of={role.name}
        actions={[
          editAction("ADMIN", onEdit, fixed),
          {
            label: "Start a new role from it",
            icon: <IconCopy size={16} aria-hidden />,
            to: "ADMIN",
            onClick: onCopy,
            not: role.id === 1 && "Nobody gets ADMIN by a custom role",
          },
          deleteAction("ADMIN", () => setAsking(true), fixed && "Built in"),
        ]}
      />
      {asking && <Deletion of={role} onClose={() => setAsking(false)} onDeleted={onDeleted} />}
    </>
  );
}

interface DeletionProps {
  of: Schema<"RoleInfo">;
  onClose: () => void;
  onDeleted?: () => void;
}

/** Asks before a role is deleted; one that somebody holds cannot be, and the dialog says who. */
function Deletion({ of: role, onClose, onDeleted }: DeletionProps) {
  const { data } = useQuery({ ...roleHolders(String(role.id)), staleTime: 0 });
  const remove = useChange(
    () => answer(api.DELETE("/api/admin/roles/{roleId}", { params: { path: { roleId: String(role.id) } } })),
    { stale: [["people"], ["projects"], ["events"]], done: `The role ${role.name} is deleted` },
  );
  if (!data) return null;
  const holders = holdersOf(data);
  if (holders.length === 0) {
    return (
      <Confirm
        opened
        onClose={onClose}
        title={`Delete the role ${role.name}?`}
        action="Delete role"
        typeName={role.name}
        pending={remove.isPending}
        failure={remove.error}
        onConfirm={() => remove.mutate(undefined, { onSuccess: onDeleted ?? onClose })}
      >
        Nobody has it.
      </Confirm>
    );
  }
  return (
    <Modal opened onClose={onClose} title={`${role.name} is in use`}>
      <Stack gap="md">
        <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />}>
          Without it these would lose what it gives. Give each another role first, then delete it.
        </Alert>
        <ul>
          {holders.slice(0, 12).map((holder) => (
            <li key={`${holder.kind} ${holder.id} ${holder.project}`}>
              <Text size="sm" dir="auto">
                {holder.name} <span>({placeWords(holder)})</span>
              </Text>
            </li>
          ))}
        </ul>
        {holders.length > 12 && <Text size="sm">And {holders.length - 12} more.</Text>}
        <Group justify="flex-end">
          <Button data-autofocus onClick={onClose}>
            Close
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
