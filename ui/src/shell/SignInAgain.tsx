import { Modal, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { basePath } from "@/api/client";
import { me } from "@/api/queries";
import { session } from "@/api/session";
import { SignInForm } from "@/pages/signin/SignInForm";

/** The dialog over the page when the session has ended; what was typed stays. */
export function SignInAgain() {
  const expired = useSyncExternalStore(session.subscribe, session.expired);
  const { data } = useQuery({ ...me(), enabled: false });
  const leave = () => {
    session.abandoned();
    window.location.assign(`${basePath}/login`);
  };
  return (
    <Modal opened={expired} onClose={leave} title="Your session has ended" closeOnClickOutside={false}>
      <Text size="sm" mb="md">
        Sign in again to go on where you were. What you typed is still here.
      </Text>
      <SignInForm
        username={data?.user.username || data?.user.email || ""}
        onDone={(user) => {
          // Somebody else: nothing of this page is theirs.
          if (data && user.id !== data.user.id) window.location.reload();
          else session.renewed();
        }}
      />
    </Modal>
  );
}
