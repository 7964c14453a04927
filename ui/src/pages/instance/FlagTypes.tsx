import { NumberInput, Switch, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { flagTypes } from "@/api/queries";
import type { Column } from "@/parts/DataTable";
import { Form } from "@/parts/Form";
import { LocalTable } from "@/parts/LocalTable";
import { editAction, RowMenu } from "@/parts/RowMenu";
import { RowName } from "@/parts/RowName";
import { SidePanel } from "@/parts/SidePanel";
import { useTableState } from "@/parts/tableState";
import { useForm } from "@/parts/useForm";

type FlagType = Schema<"FlagType">;

const local = {
  text: (t: FlagType) => [t.name, t.description],
  by: { name: (t: FlagType) => t.name, lifetime: (t: FlagType) => t.lifetimeDays ?? Number.MAX_SAFE_INTEGER },
};

/** The types of flags, and how long flags of each are meant to live. */
export function FlagTypes() {
  const state = useTableState({ sort: "name" });
  const { data, error } = useQuery(flagTypes());
  const [editing, setEditing] = useState<FlagType>();
  const columns: Column<FlagType>[] = [
    {
      key: "name",
      label: "Type",
      sortable: true,
      heading: true,
      render: (t) => <RowName name={t.name} about={t.description} lines={2} />,
    },
    {
      key: "lifetime",
      label: "Meant to live",
      sortable: true,
      align: "end",
      width: 150,
      render: (t) => (t.lifetimeDays ? `${t.lifetimeDays.toLocaleString("en")} days` : "for ever"),
    },
    {
      key: "actions",
      label: "",
      align: "end",
      width: 60,
      render: (t) => <RowMenu of={t.name} actions={[editAction("ADMIN", () => setEditing(t))]} />,
    },
  ];
  return (
    <>
      <Text size="sm" c="dimmed" mb="md" maw={720}>
        A flag that is older than its type is meant to live is shown as past its lifetime, for somebody to clean up.
        Nothing is switched off.
      </Text>
      <LocalTable
        what="flag types"
        columns={columns}
        all={data?.types}
        local={local}
        keyOf={(t) => t.id}
        state={state}
        failure={error}
      />
      {editing && <Lifetime of={editing} onClose={() => setEditing(undefined)} />}
    </>
  );
}

function Lifetime({ of: type, onClose }: { of: FlagType; onClose: () => void }) {
  const form = useForm({
    initial: { lifetimeDays: (type.lifetimeDays || "") as number | string, forever: !type.lifetimeDays },
    send: ({ lifetimeDays, forever }) =>
      answer(
        api.PUT("/api/admin/feature-types/{id}/lifetime", {
          params: { path: { id: type.id } },
          body: { lifetimeDays: forever ? null : Number(lifetimeDays) },
        }),
      ),
    stale: [["flag-types"], ["flags"], ["projects"], ["events"]],
    onDone: onClose,
  });
  const { forever, lifetimeDays } = form.values;
  const field = form.field("lifetimeDays");
  return (
    <SidePanel opened onClose={onClose} title={`Flags of type ${type.name}`} form={form}>
      <Form form={form} submit="Save" onCancel={onClose} disabled={!forever && !lifetimeDays}>
        <Switch
          label="They may live for ever"
          checked={forever}
          onChange={(event) => form.set("forever", event.currentTarget.checked)}
        />
        {!forever && (
          <NumberInput
            label="Meant to live, in days"
            min={1}
            allowDecimal={false}
            allowNegative={false}
            {...field}
            onChange={(days) => form.set("lifetimeDays", days)}
          />
        )}
      </Form>
    </SidePanel>
  );
}
