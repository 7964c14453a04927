import { Alert, Group, Stack } from "@mantine/core";
import { IconEyeOff } from "@tabler/icons-react";
import classes from "./Code.module.css";
import { Copy } from "./Copy";

interface Props {
  secret: string;
  /** What it is, such as "token". */
  what: string;
  /** The server keeps a copy that it can show again. */
  kept?: boolean;
}

/** A secret that the server shows once, with a button to copy it. */
export function Secret({ secret, what, kept = false }: Props) {
  return (
    <Stack gap="sm">
      <Alert icon={<IconEyeOff aria-hidden />} color="yellow" title={`Copy this ${what} now`}>
        {kept
          ? "The server keeps an encrypted copy, which it can show again. The event log tells each time."
          : "It is shown this one time. The server keeps only its digest and cannot show it again."}
      </Alert>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <code className={classes.block} data-testid="secret">
          {secret}
        </code>
      </Group>
      <div>
        <Copy text={secret} what={what} words />
      </div>
    </Stack>
  );
}
