import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { useChange } from "@/api/mutate";
import { accountName } from "@/parts/accountName";
import { Confirm } from "@/parts/Confirm";
import { deleteAction, disableAction, editAction, RowMenu } from "@/parts/RowMenu";

interface Props {
  of: Schema<"ServiceAccount">;
  onEdit: () => void;
  onDeleted?: () => void;
}

const stale = [["people"], ["projects"], ["events"]];

/** What can be done with a service account. */
export function ServiceAccountMenu({ of: a, onEdit, onDeleted }: Props) {
  const [asking, setAsking] = useState<"delete" | "disable">();
  const name = accountName(a);
  const path = { id: String(a.id) };
  const close = () => setAsking(undefined);
  const disable = useChange(
    (disabled: boolean) => answer(api.PUT("/api/admin/service-account/{id}", { params: { path }, body: { disabled } })),
    { stale, done: a.disabledAt ? `${name} works again` : `${name} is disabled` },
  );
  const remove = useChange(() => answer(api.DELETE("/api/admin/service-account/{id}", { params: { path } })), {
    stale,
    done: `${name} is deleted`,
  });
  const tokens = a.tokens.length === 1 ? "Its token stops" : `Its ${a.tokens.length} tokens stop`;
  return (
    <>
      <RowMenu
        of={name}
        actions={[
          editAction("ADMIN", onEdit),
          disableAction("ADMIN", {
            disabled: !!a.disabledAt,
            onEnable: () => disable.mutate(false),
            onDisable: () => setAsking("disable"),
          }),
          deleteAction("ADMIN", () => setAsking("delete")),
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
        {a.tokens.length > 0 && `${tokens} working at once, until it is enabled again. `}Roles and tokens are kept.
      </Confirm>
      <Confirm
        opened={asking === "delete"}
        onClose={close}
        title={`Delete ${name}?`}
        action="Delete service account"
        typeName={name}
        pending={remove.isPending}
        failure={remove.error}
        onConfirm={() => remove.mutate(undefined, { onSuccess: onDeleted ?? close })}
      >
        {a.tokens.length > 0 ? `${tokens} working at once and for good.` : "It has no tokens."} What it did stays in the
        event log.
      </Confirm>
    </>
  );
}
