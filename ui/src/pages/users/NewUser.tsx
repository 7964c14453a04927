import { Alert, Button, Group, PasswordInput, Radio, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schema } from "@/api/client";
import { uiConfig } from "@/api/queries";
import { accountName } from "@/parts/accountName";
import { Form } from "@/parts/Form";
import { Secret } from "@/parts/Secret";
import { SidePanel } from "@/parts/SidePanel";
import { useForm } from "@/parts/useForm";
import { newPassword } from "./password";
import { RootRole } from "./RootRole";

const blank = { name: "", email: "", username: "", rootRole: "3", way: "", password: "" };
type Values = typeof blank;

interface Made {
  user: Schema<"Account">;
  password: string;
}

/** The panel that adds a person, and hands over how they sign in for the first time. */
export function NewUser({ roles, onClose }: { roles: Schema<"RoleInfo">[]; onClose: () => void }) {
  const [made, setMade] = useState<Made>();
  const mail = useQuery(uiConfig()).data?.emailEnabled ?? false;
  const form = useForm({
    initial: blank,
    send: (values: Values) => create(values, mail),
    stale: [["people"], ["events"]],
    onDone: (user, values) => setMade({ user, password: wayOf(values, mail) === "password" ? values.password : "" }),
  });
  return (
    <SidePanel opened onClose={onClose} title={made ? "Added" : "New user"} form={form}>
      {made ? (
        <HandOver {...made} onClose={onClose} />
      ) : (
        <Form form={form} submit="Add user" onCancel={onClose}>
          <TextInput label="Name" data-autofocus dir="auto" autoComplete="off" {...form.field("name")} />
          <TextInput
            label="E-mail address"
            description="To sign in with, and for links to a new password."
            type="email"
            autoComplete="off"
            {...form.field("email")}
          />
          <TextInput
            label="Username"
            description="To sign in with, for who has no address here."
            dir="auto"
            autoComplete="off"
            spellCheck={false}
            {...form.field("username")}
          />
          <RootRole roles={roles} form={form} />
          <FirstTime form={form} mail={mail} />
        </Form>
      )}
    </SidePanel>
  );
}

/** How the person signs in for the first time. */
function wayOf(values: Values, mail: boolean): string {
  return values.way || (mail ? "mail" : "link");
}

function create(values: Values, mail: boolean) {
  const { name, email, username, rootRole, password } = values;
  const way = wayOf(values, mail);
  const body = {
    ...(name && { name }),
    ...(email && { email }),
    ...(username && { username }),
    rootRole: Number(rootRole),
    sendEmail: way === "mail",
    ...(way === "password" && { password }),
  };
  return answer(api.POST("/api/admin/user-admin", { body }));
}

interface FieldsProps {
  form: ReturnType<typeof useForm<Values, Schema<"Account">>>;
  mail: boolean;
}

function FirstTime({ form, mail }: FieldsProps) {
  const way = wayOf(form.values, mail);
  const [shown, setShown] = useState(false);
  return (
    <Radio.Group label="How do they sign in the first time?" value={way} onChange={(to) => form.set("way", to)}>
      <Stack gap="xs" mt={6}>
        <Radio
          value="mail"
          label="By an invitation, sent by e-mail"
          disabled={!mail}
          description={mail ? undefined : "This server has no mail server: see the operations guide."}
        />
        <Radio value="link" label="By a link that I pass on" description="It works once, for 7 days." />
        <Radio value="password" label="With a password that I pass on" />
      </Stack>
      {way === "password" && (
        <Group mt="sm" align="flex-end" gap="sm">
          <PasswordInput
            label="Password"
            autoComplete="new-password"
            flex={1}
            miw={200}
            visible={shown}
            onVisibilityChange={setShown}
            {...form.field("password")}
          />
          <Button
            variant="default"
            onClick={() => {
              form.set("password", newPassword());
              setShown(true);
            }}
          >
            Make one
          </Button>
        </Group>
      )}
    </Radio.Group>
  );
}

function HandOver({ user, password, onClose }: Made & { onClose: () => void }) {
  return (
    <Stack gap="md">
      <Text dir="auto">
        <b>{accountName(user)}</b> can sign in {password ? "with this password." : "once they have chosen a password."}
      </Text>
      {user.emailSent && (
        <Alert color="sea" title="The invitation is on its way">
          An e-mail with the link below goes to <b dir="auto">{user.email}</b>.
        </Alert>
      )}
      {password && <Secret secret={password} what="password" />}
      {user.inviteLink && <Secret secret={user.inviteLink} what="invitation link" />}
      {user.inviteLink && (
        <Text size="sm" c="dimmed">
          It works once, for 7 days. Who opens it chooses the password.
        </Text>
      )}
      <Group justify="flex-end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}
