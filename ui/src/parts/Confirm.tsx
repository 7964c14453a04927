import { Button, Code, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Failure } from "./Form";

interface Props {
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What the button says: the verb of what happens. */
  action: string;
  onConfirm: () => void;
  pending?: boolean;
  failure?: unknown;
  /** Asks to type this name first, for what cannot be undone. */
  typeName?: string;
  children: ReactNode;
}

/** A question before something happens. With typeName it is the dialog for destroying. */
export function Confirm(props: Props) {
  const { opened, onClose, title } = props;
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      <Question {...props} />
    </Modal>
  );
}

// Its own component: what was typed is gone when the dialog closes.
function Question({ onClose, action, onConfirm, pending = false, failure, typeName, children }: Props) {
  const [typed, setTyped] = useState("");
  const ready = typeName === undefined || typed.trim() === typeName;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onConfirm();
      }}
    >
      <Stack gap="md">
        <Failure of={failure} />
        <Text component="div" size="sm">
          {children}
        </Text>
        {typeName !== undefined && (
          <TextInput
            data-autofocus
            label={
              <>
                Type <Code dir="auto">{typeName}</Code> to go on
              </>
            }
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            color="red"
            loading={pending}
            disabled={!ready}
            {...(typeName === undefined && { "data-autofocus": true })}
          >
            {action}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
