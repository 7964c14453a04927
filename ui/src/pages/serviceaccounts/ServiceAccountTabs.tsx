import { Button, Group } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { tokenPolicy } from "@/api/queries.tokens";
import { Allowed } from "@/parts/Allowed";
import { Changes } from "@/parts/Changes";
import { NewPersonalToken } from "../tokens/NewPersonalToken";
import { AccountAccess } from "../users/AccountAccess";
import { AccountTokens } from "../users/AccountTokens";
import { serviceCalls } from "../users/tokenCalls";

const useId = () => (useParams({ strict: false }) as { accountId: string }).accountId;

/** The tokens of a service account: made, rotated, revoked, and who uses them. */
export function ServiceAccountTokens() {
  const id = useId();
  const policy = useQuery(tokenPolicy()).data;
  const [making, setMaking] = useState(false);
  const calls = serviceCalls(id);
  const make = (
    <Allowed to="ADMIN">
      <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setMaking(true)}>
        New token
      </Button>
    </Allowed>
  );
  return (
    <>
      <Group justify="flex-end" mb="md">
        {make}
      </Group>
      <AccountTokens
        kind="service"
        id={id}
        calls={calls}
        label="Tokens of the service account"
        about="A token opens the Admin API with the rights that this account has at the moment."
      />
      {making && (
        <NewPersonalToken
          title="New token"
          about="Opens the Admin API with the rights that this service account has at the moment."
          policy={policy}
          calls={calls}
          onClose={() => setMaking(false)}
        />
      )}
    </>
  );
}

/** What a service account may do, and why. */
export function ServiceAccountAccess() {
  return <AccountAccess kind="service" id={useId()} />;
}

/** What a service account changed. */
export function ServiceAccountHistory() {
  return <Changes filter={{ createdBy: `IS:${useId()}` }} />;
}
