import { Anchor, Group, Text, UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

interface Props {
  name: string;
  /** Leads to the page of the row; otherwise open does something here. */
  to?: string;
  onOpen?: () => void;
  /** After the name, such as badges. */
  marks?: ReactNode;
  /** Under the name. */
  about?: ReactNode;
  lines?: number;
  children?: ReactNode;
}

/** The first cell of a row: what it is called, and what is said of it. */
export function RowName({ name, to, onOpen, marks, about, lines = 1, children }: Props) {
  return (
    <div>
      <Group gap={8}>
        {to ? (
          <Anchor fw={600} fz="sm" dir="auto" renderRoot={(props) => <Link to={to} {...props} />}>
            {name}
          </Anchor>
        ) : onOpen ? (
          <UnstyledButton fw={600} fz="sm" c="var(--mantine-color-anchor)" onClick={onOpen} dir="auto">
            {name}
          </UnstyledButton>
        ) : (
          <Text fw={600} fz="sm" dir="auto">
            {name}
          </Text>
        )}
        {marks}
      </Group>
      {about && (
        <Text size="sm" c="dimmed" lineClamp={lines} dir="auto" component="div">
          {about}
        </Text>
      )}
      {children}
    </div>
  );
}
