import { Stack, Text, ThemeIcon, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  icon: ReactNode;
  title: string;
  /** What this is for, in a sentence or two. */
  children: ReactNode;
  /** The next step, usually a button. */
  action?: ReactNode;
}

/** What a list shows while there is nothing in it: what belongs there, and the next step. */
export function Empty({ icon, title, children, action }: Props) {
  return (
    <Stack align="center" gap="sm" py={56} px="md" ta="center">
      <ThemeIcon variant="light" size={52} radius="xl" aria-hidden>
        {icon}
      </ThemeIcon>
      <Title order={2}>{title}</Title>
      <Text c="dimmed" maw={460} component="div">
        {children}
      </Text>
      {action}
    </Stack>
  );
}
