import type { Schema } from "@/api/client";

/** When something ends, as it is chosen: so many days from now, on a date, or never. */
export type Expiry = { days: number } | { date: string } | "never";

export type Lifetime = Schema<"TokenLifetime">;

const day = 86_400_000;

/** The instant for the API; null for never. A date ends with its last moment, where the browser is. */
export function instantOf(expiry: Expiry, now = Date.now()): string | null {
  if (expiry === "never") return null;
  // A minute less than a whole number of days, so that the longest lifetime of a policy is kept by any clock.
  if ("days" in expiry) return new Date(now + expiry.days * day - 60_000).toISOString();
  const end = new Date(`${expiry.date}T23:59:59`);
  return Number.isNaN(end.getTime()) ? expiry.date : end.toISOString();
}

/** What is offered, and whether the policy of the server allows it. */
export function presets(policy: Lifetime | undefined): { expiry: Expiry; label: string; allowed: boolean }[] {
  const most = policy?.maxDays ? policy.maxDays : Number.POSITIVE_INFINITY;
  const lengths = [30, 90, 365];
  if (policy?.defaultDays) lengths.push(policy.defaultDays);
  if (policy?.maxDays) lengths.push(policy.maxDays);
  const days = [...new Set(lengths)].sort((a, b) => a - b);
  return [
    ...days.map((n) => ({ expiry: { days: n }, label: daysWords(n), allowed: n <= most })),
    { expiry: "never" as const, label: "Never", allowed: !policy?.requireExpiry && !policy?.maxDays },
  ];
}

/** "90 days", "1 year". */
export function daysWords(days: number): string {
  if (days === 365) return "1 year";
  return days === 1 ? "1 day" : `${days.toLocaleString("en")} days`;
}

/** What is chosen at first: what the policy says, or what is usual, as far as the policy allows it. */
export function firstExpiry(policy: Lifetime | undefined, usual: number): Expiry {
  if (policy?.defaultDays) return { days: policy.defaultDays };
  return { days: Math.min(usual, policy?.maxDays || usual) };
}

/** The policy in a sentence; empty when everything is allowed. */
export function policyWords(policy: Lifetime | undefined, kinds: string): string {
  if (policy?.maxDays) return `By the policy of this server ${kinds} live ${daysWords(policy.maxDays)} at most.`;
  if (policy?.requireExpiry) return `By the policy of this server ${kinds} must end at some time.`;
  return "";
}
