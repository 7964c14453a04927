import { ActionIcon, Menu, Text } from "@mantine/core";
import { IconDots, IconEdit, IconLock, IconLockOpen, IconTrash } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { Place } from "./allows";
import { useCan } from "./permissions";

/** One thing that can be done to a row. */
export interface RowAction {
  label: string;
  icon: ReactNode;
  onClick: () => void;
  /** Any one of these is enough. */
  to: string | string[];
  /** It destroys something. */
  danger?: boolean;
  /** Why it cannot be done now. */
  not?: string | false;
}

interface Props {
  /** The name of the row. */
  of: string;
  place?: Place;
  actions: RowAction[];
}

/** The menu at the end of a row. What is not allowed stays visible, and says which permission it needs. */
export function RowMenu({ of, place, actions }: Props) {
  const can = useCan();
  return (
    <Menu>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`More about ${of}`}>
          <IconDots size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown maw={320}>
        {actions.map(({ label, icon, onClick, to, danger, not }) => {
          const needs = typeof to === "string" ? to : to.join(" or ");
          const why = can(to, place) ? not : `Needs ${needs}`;
          return (
            <Menu.Item
              key={label}
              leftSection={icon}
              disabled={!!why}
              onClick={onClick}
              {...(danger && !why && { color: "red" })}
            >
              {label}
              {why && (
                <Text size="xs" c="dimmed">
                  {why}
                </Text>
              )}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The action that opens the editor of a row. */
export const editAction = (to: string | string[], onClick: () => void, not?: string | false): RowAction => ({
  label: "Edit",
  icon: <IconEdit size={16} aria-hidden />,
  onClick,
  to,
  not,
});

/** The action that asks whether a row is to be deleted. */
export const deleteAction = (to: string | string[], onClick: () => void, not?: string | false): RowAction => ({
  label: "Delete",
  icon: <IconTrash size={16} aria-hidden />,
  onClick,
  to,
  not,
  danger: true,
});

/** The action that enables what is disabled at once, or asks whether it is to be disabled. */
export const disableAction = (
  to: string | string[],
  {
    disabled,
    onEnable,
    onDisable,
    not,
  }: { disabled: boolean; onEnable: () => void; onDisable: () => void; not?: string | false },
): RowAction =>
  disabled
    ? { label: "Enable", icon: <IconLockOpen size={16} aria-hidden />, to, onClick: onEnable }
    : { label: "Disable", icon: <IconLock size={16} aria-hidden />, to, onClick: onDisable, not };
