import {
  Alert,
  Drawer,
  type MantineThemeComponents,
  Menu,
  Modal,
  Notification,
  Popover,
  Switch,
  Tooltip,
} from "@mantine/core";

const title = { fontWeight: 650, fontSize: "1.125rem", overflowWrap: "anywhere" } as const;

/**
 * Defaults of Mantine's components. lockScroll is off because it writes an
 * inline style sheet, which our Content-Security-Policy forbids.
 */
export const components: MantineThemeComponents = {
  Alert: Alert.extend({
    defaultProps: {
      role: "note",
      styles: { title: { color: "var(--mantine-color-text)" }, message: { color: "var(--mantine-color-text)" } },
    },
  }),
  Modal: Modal.extend({
    defaultProps: { lockScroll: false, centered: true, closeButtonProps: { "aria-label": "Close" }, styles: { title } },
  }),
  Drawer: Drawer.extend({
    defaultProps: {
      lockScroll: false,
      position: "right",
      closeButtonProps: { "aria-label": "Close" },
      styles: { title },
    },
  }),
  Tooltip: Tooltip.extend({
    defaultProps: {
      withArrow: true,
      openDelay: 250,
      multiline: true,
      maw: 320,
      events: { hover: true, focus: true, touch: true },
    },
  }),
  Notification: Notification.extend({ defaultProps: { closeButtonProps: { "aria-label": "Dismiss" } } }),
  Menu: Menu.extend({ defaultProps: { position: "bottom-end", shadow: "md" } }),
  Popover: Popover.extend({ defaultProps: { shadow: "md" } }),
  // Its list stays open while one chooses: below, it would cover what comes next in a form.
  MultiSelect: { defaultProps: { comboboxProps: { position: "top" } } },
  Switch: Switch.extend({ defaultProps: { withThumbIndicator: false } }),
};
