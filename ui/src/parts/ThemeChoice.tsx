import { SegmentedControl, useMantineColorScheme } from "@mantine/core";

/** Light, dark, or as the system has it; kept in this browser. */
export function ThemeChoice({ size = "sm" }: { size?: "xs" | "sm" }) {
  // To stop transitions meanwhile, Mantine would write a style sheet into the page, which our policy forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return (
    <SegmentedControl
      size={size}
      fullWidth
      aria-label="Theme"
      value={colorScheme}
      onChange={(value) => setColorScheme(value as typeof colorScheme)}
      data={[
        { value: "light", label: "Light" },
        { value: "dark", label: "Dark" },
        { value: "auto", label: "System" },
      ]}
    />
  );
}
