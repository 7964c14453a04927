import { Drawer, type MantineThemeComponents, Menu, Modal, Popover, Switch, Tooltip } from "@mantine/core";

/**
 * Defaults of Mantine's components. lockScroll is off because it writes an
 * inline style sheet, which our Content-Security-Policy forbids: global.css
 * locks the page behind a dialog instead.
 */
export const components: MantineThemeComponents = {
  Modal: Modal.extend({
    defaultProps: { lockScroll: false, centered: true, closeButtonProps: { "aria-label": "Close" } },
  }),
  Drawer: Drawer.extend({
    defaultProps: { lockScroll: false, position: "right", closeButtonProps: { "aria-label": "Close" } },
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
  Menu: Menu.extend({ defaultProps: { position: "bottom-end", shadow: "md" } }),
  Popover: Popover.extend({ defaultProps: { shadow: "md" } }),
  Switch: Switch.extend({ defaultProps: { withThumbIndicator: false } }),
};
