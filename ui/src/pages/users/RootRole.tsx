import { Select } from "@mantine/core";
import type { Schema } from "@/api/client";

/** The values of a form that has a root role. */
interface WithRole {
  rootRole: string;
}

interface Props {
  roles: Schema<"RoleInfo">[];
  form: {
    values: WithRole;
    field: (key: "rootRole") => { value: string; error: string | undefined; name: string };
    set: (key: "rootRole", value: string) => void;
  };
}

/** The field for what an account may do on the whole server. */
export function RootRole({ roles, form }: Props) {
  const chosen = roles.find(({ id }) => String(id) === form.values.rootRole);
  const { value, error, name } = form.field("rootRole");
  return (
    <Select
      label="Root role"
      description={chosen?.description ?? "What it gives on the whole server; projects come on top."}
      data={roles.map((role) => ({ value: String(role.id), label: role.name }))}
      allowDeselect={false}
      value={value}
      error={error}
      name={name}
      onChange={(role) => form.set("rootRole", role ?? form.values.rootRole)}
    />
  );
}
