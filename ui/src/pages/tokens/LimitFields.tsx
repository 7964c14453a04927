import { Checkbox, NumberInput, Stack, TagsInput } from "@mantine/core";
import type { Token } from "@/api/queries.tokens";
import { errorAt } from "@/parts/useForm";
import type { Kind } from "./words";

/** The values of the fields. */
export interface Limits {
  allowedNetworks: string[];
  allowedOrigins: string[];
  requestsPerSecond: number | "";
  /** Keep a sealed copy of the secret. */
  seal: boolean;
}

export const noLimits: Limits = { allowedNetworks: [], allowedOrigins: [], requestsPerSecond: "", seal: false };

/** The limits that a token has, for its form. */
export const limitsOf = (t: Token): Limits => ({
  allowedNetworks: t.allowedNetworks ?? [],
  allowedOrigins: t.allowedOrigins ?? [],
  requestsPerSecond: t.requestsPerSecond || "",
  seal: false,
});

/** The limits for the API: all of them, so that a limit can be taken away too. */
export const limitsBody = (limits: Limits, kind: Kind) => ({
  allowedNetworks: limits.allowedNetworks,
  ...(kind === "frontend" && { allowedOrigins: limits.allowedOrigins }),
  requestsPerSecond: limits.requestsPerSecond || 0,
});

interface Props {
  value: Limits;
  onChange: (limits: Limits) => void;
  /** What the server said of the form. */
  failure: unknown;
  kind: Kind;
  /** Asks about a sealed copy too: when a token is made. */
  withSeal?: boolean;
}

/** From where and how fast a token may be used. */
export function LimitFields({ value: values, onChange, failure, kind, withSeal = false }: Props) {
  const set = <Key extends keyof Limits>(key: Key, value: Limits[Key]) => onChange({ ...values, [key]: value });
  return (
    <Stack gap="md">
      <TagsInput
        label="Networks"
        description="Works only from these addresses and ranges, each with Enter; empty: from everywhere"
        placeholder={values.allowedNetworks.length === 0 ? "192.0.2.0/24" : undefined}
        value={values.allowedNetworks}
        onChange={(all) => set("allowedNetworks", all)}
        error={errorAt(failure, "/body/allowedNetworks")}
        acceptValueOnBlur
        splitChars={[",", " "]}
      />
      {kind === "frontend" && (
        <TagsInput
          label="Origins"
          description="Works only on these pages, each with Enter; empty: on every page"
          placeholder={values.allowedOrigins.length === 0 ? "https://app.example.com" : undefined}
          value={values.allowedOrigins}
          onChange={(all) => set("allowedOrigins", all)}
          error={errorAt(failure, "/body/allowedOrigins")}
          acceptValueOnBlur
          splitChars={[",", " "]}
        />
      )}
      <NumberInput
        label="Requests per second"
        description="Beyond it requests are refused with 429; empty: any number"
        min={0}
        allowDecimal={false}
        allowNegative={false}
        w={220}
        value={values.requestsPerSecond}
        onChange={(n) => set("requestsPerSecond", typeof n === "number" ? n : "")}
        error={errorAt(failure, "/body/requestsPerSecond")}
      />
      {withSeal && (
        <Checkbox
          label="Keep an encrypted copy of the secret"
          description="For tools that read secrets back. Who holds REVEAL_API_TOKEN can show it again; the server needs BURGEE_SEAL_KEY."
          checked={values.seal}
          onChange={(event) => set("seal", event.currentTarget.checked)}
          error={errorAt(failure, "/body/seal")}
        />
      )}
    </Stack>
  );
}
