import { Drawer } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { Confirm } from "./Confirm";
import type { FormState } from "./useForm";

interface Props {
  opened: boolean;
  onClose: () => void;
  title: ReactNode;
  /** With it, closing asks before what was typed is lost. */
  form?: Pick<FormState, "touched">;
  size?: string | number;
  children: ReactNode;
}

/** A panel over the right side of the page, where forms and details open. */
export function SidePanel({ opened, onClose, title, form, size = 560, children }: Props) {
  const [asking, setAsking] = useState(false);
  // Asked after the key that closes: the same Escape would close the question too.
  const close = () => (form?.touched ? setTimeout(() => setAsking(true)) : onClose());
  return (
    <>
      <Drawer opened={opened} onClose={close} title={title} size={size} padding="lg">
        {children}
      </Drawer>
      {/* Only then: one that is there already would take the same press of Escape as its own, and close. */}
      {asking && (
        <Confirm
          opened
          onClose={() => setAsking(false)}
          title="Leave without saving?"
          action="Discard"
          onConfirm={() => {
            setAsking(false);
            onClose();
          }}
        >
          What you typed here is not saved yet.
        </Confirm>
      )}
    </>
  );
}
