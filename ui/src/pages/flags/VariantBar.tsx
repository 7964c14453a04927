import { Group, Text } from "@mantine/core";
import classes from "./FlagOverview.module.css";

/** Fills for variants, told apart from their neighbours in both schemes. */
export const variantColors = ["sea.6", "indigo.5", "orange.5", "grape.5", "cyan.6", "pink.5", "lime.7", "gray.5"];

/** Variants and their shares, as a bar and in words. */
export function VariantBar({ variants }: { variants: { name: string; weight: number }[] }) {
  const color = (index: number) =>
    `var(--mantine-color-${(variantColors[index % variantColors.length] ?? "gray.5").replace(".", "-")})`;
  return (
    <>
      <div className={classes.weights} aria-hidden>
        {variants.map((variant, index) => (
          <div key={variant.name} style={{ flex: variant.weight, background: color(index) }} />
        ))}
      </div>
      <Group gap={14} component="ul" p={0} m={0} mt={6} style={{ listStyle: "none" }}>
        {variants.map((variant, index) => (
          <Group key={variant.name} gap={6} component="li" wrap="nowrap">
            <span
              aria-hidden
              style={{ flex: "none", width: 8, height: 8, borderRadius: 4, background: color(index) }}
            />
            <Text size="sm" dir="auto">
              {variant.name}{" "}
              <Text span inherit c="dimmed">
                {variant.weight / 10} %
              </Text>
            </Text>
          </Group>
        ))}
      </Group>
    </>
  );
}
