import { createTheme, type MantineColorsTuple } from "@mantine/core";

// Sea green, from the pennant. Shade 7 is the fill of buttons: white on it
// passes WCAG 2.2 AA (5.6:1); shade 4 is the text on dark.
const sea: MantineColorsTuple = [
  "#e9f7f4",
  "#d3ece7",
  "#a5d9d0",
  "#74c5b7",
  "#4db4a3",
  "#35a996",
  "#1d8b7a",
  "#0f7466",
  "#0a6358",
  "#034f46",
];

// Slate with a little blue, for text and surfaces.
const slate: MantineColorsTuple = [
  "#f6f8f9",
  "#edf0f2",
  "#dde2e6",
  "#c5cdd3",
  "#9aa6b0",
  "#76838f",
  "#56636f",
  "#414d58",
  "#2a343d",
  "#1a2229",
];

const night: MantineColorsTuple = [
  "#dce3e8",
  "#b9c4cc",
  "#94a2ad",
  "#66757f",
  "#3b4852",
  "#2c3740",
  "#212b33",
  "#182027",
  "#121920",
  "#0c1216",
];

/** The look of Burgee. Its variables become a style sheet at build time (build/variables.ts). */
export const theme = createTheme({
  primaryColor: "sea",
  primaryShade: 7,
  autoContrast: true,
  colors: { sea, gray: slate, dark: night },
  black: "#1a2229",
  defaultRadius: "md",
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace:
    'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace',
  headings: {
    fontWeight: "650",
    sizes: { h1: { fontSize: "1.5rem" }, h2: { fontSize: "1.125rem" }, h3: { fontSize: "1rem" } },
  },
  cursorType: "pointer",
  respectReducedMotion: true,
});
