import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useChange } from "@/api/mutate";
import { Confirm } from "@/parts/Confirm";
import { deleteAction, editAction, RowMenu } from "@/parts/RowMenu";
import { listWords } from "@/parts/words";

interface Props {
  of: Schema<"Group">;
  onEdit: () => void;
  onDeleted?: () => void;
}

/** What can be done with a group. */
export function GroupMenu({ of: g, onEdit, onDeleted }: Props) {
  const [asking, setAsking] = useState(false);
  const remove = useChange(
    () => answer(api.DELETE("/api/admin/groups/{groupId}", { params: { path: { groupId: String(g.id) } } })),
    { stale: [["people"], ["projects"], ["me"], ["events"]], done: `The group ${g.name} is deleted` },
  );
  const members =
    g.userCount === 1 ? "Its 1 member keeps the account" : `Its ${g.userCount} members keep their accounts`;
  return (
    <>
      <RowMenu of={g.name} actions={[editAction("ADMIN", onEdit), deleteAction("ADMIN", () => setAsking(true))]} />
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Delete the group ${g.name}?`}
        action="Delete group"
        typeName={g.name}
        pending={remove.isPending}
        failure={remove.error}
        onConfirm={() => remove.mutate(undefined, { onSuccess: onDeleted ?? (() => setAsking(false)) })}
      >
        {members} and lose at once what they hold by this group
        {g.projects.length > 0 && `: roles in ${listWords(g.projects)}`}
        {g.rootRole ? `${g.projects.length > 0 ? ", and" : ":"} its root role` : ""}.
      </Confirm>
    </>
  );
}
