/** A variant in the editor. Weights are in tenths of a per cent, as on the wire. */
export interface DraftVariant {
  key: number;
  name: string;
  weight: number;
  /** Its weight was chosen; the others share what is left. */
  fixed: boolean;
  /** Empty for no payload. */
  payloadType: string;
  payload: string;
}

/** All weights together. */
export const whole = 1000;

/**
 * Gives the variants that are not fixed equal shares of what the fixed ones
 * leave, so that all together are the whole. Fixed ones that ask for more than
 * there is are cut, later ones first; with none to share, the last takes the rest.
 */
export function shareOut<V extends Pick<DraftVariant, "weight" | "fixed">>(variants: V[]): V[] {
  let left = whole;
  const cut = variants.map((variant) => {
    if (!variant.fixed) return variant;
    const weight = Math.max(0, Math.min(left, Math.round(variant.weight)));
    left -= weight;
    return { ...variant, weight };
  });
  const sharing = cut.filter((variant) => !variant.fixed).length;
  if (sharing === 0) {
    const last = cut.at(-1);
    return last && left > 0 ? [...cut.slice(0, -1), { ...last, weight: last.weight + left, fixed: false }] : cut;
  }
  const share = Math.floor(left / sharing);
  let extra = left - share * sharing;
  return cut.map((variant) => {
    if (variant.fixed) return variant;
    const more = extra > 0 ? 1 : 0;
    extra -= more;
    return { ...variant, weight: share + more };
  });
}
