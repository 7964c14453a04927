import { useQuery } from "@tanstack/react-query";
import { me } from "@/api/queries";
import { allows, type Place } from "./allows";

/** Tells which permissions the person has. The server decides; this is for showing it beforehand. */
export function useCan(): (needed: string | string[], place?: Place) => boolean {
  const { data } = useQuery(me());
  const granted = data?.permissions ?? [];
  return (needed, place) => allows(granted, needed, place);
}
