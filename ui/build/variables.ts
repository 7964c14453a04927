import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from "@mantine/core";
import type { Plugin } from "vite";
import { theme } from "../src/theme/theme.ts";

const id = "virtual:theme-variables.css";

/**
 * The theme's CSS variables as a style sheet. Mantine would write them into an
 * inline <style>, which our Content-Security-Policy forbids.
 */
export function themeVariables(): Plugin {
  return {
    name: "burgee-theme-variables",
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load: (source) =>
      source === `\0${id}`
        ? convertCssVariables(defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme)), ":root")
        : undefined,
  };
}
