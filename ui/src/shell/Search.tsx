import { useDebouncedValue } from "@mantine/hooks";
import { Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from "@mantine/spotlight";
import { IconFlag, IconFolder, IconKey, IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { foundFlags, projects } from "@/api/queries";
import { tokens } from "@/api/queries.tokens";
import { useCan } from "@/parts/permissions";
import { navigation, tokenReaders } from "./navigation";

const atMost = 8; // of a kind

/** Search over pages, projects, flags and tokens: Ctrl+K. */
export function Search() {
  const [query, setQuery] = useState("");
  const [opened, setOpened] = useState(false);
  const groups = useFound(query, opened);
  return (
    <Spotlight
      actions={groups}
      query={query}
      onQueryChange={setQuery}
      onSpotlightOpen={() => setOpened(true)}
      onSpotlightClose={() => setOpened(false)}
      shortcut={["mod + K", "/"]}
      lockScroll={false}
      attributes={{ content: { "aria-label": "Search" } }}
      filter={(_, all) => all}
      nothingFound="Nothing found"
      scrollable
      maxHeight={440}
      highlightQuery
      searchProps={{
        leftSection: <IconSearch size={18} aria-hidden />,
        placeholder: "Search flags, projects, tokens and pages",
        "aria-label": "Search",
        onKeyDown: openFirst,
      }}
    />
  );
}

/** Enter takes the first result also when it came after the typing. */
function openFirst(event: React.KeyboardEvent<HTMLInputElement>) {
  if (event.key !== "Enter") return;
  const results = document.querySelectorAll<HTMLElement>("[data-action]");
  if (![...results].some((result) => result.hasAttribute("data-selected"))) results[0]?.click();
}

/** What a query finds, by kind. Nothing is asked of the server before the search opens. */
function useFound(query: string, enabled: boolean): SpotlightActionGroupData[] {
  const can = useCan();
  const navigate = useNavigate();
  const seesTokens = can(tokenReaders);
  const projectList = useQuery({ ...projects(), enabled });
  const [typed] = useDebouncedValue(query.trim(), 150);
  const flagList = useQuery({
    ...foundFlags({ query: typed, sortBy: "name", favoritesFirst: true, limit: atMost }),
    enabled: enabled && typed !== "",
  });
  const tokenList = useQuery({ ...tokens(), enabled: enabled && seesTokens });
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (...texts: (string | null | undefined)[]) => {
    const hay = texts.join(" ").toLowerCase();
    return words.every((word) => hay.includes(word));
  };
  const pages = navigation.flatMap(({ pages }) => pages).filter((page) => !page.permission || can(page.permission));
  const groups: SpotlightActionGroupData[] = [
    {
      group: "Flags",
      actions: (words.length > 0 ? (flagList.data?.features ?? []) : []).map((f) =>
        action(`flag ${f.name}`, f.name, `in ${f.project}`, <IconFlag size={20} aria-hidden />, () =>
          navigate({
            to: "/projects/$projectId/features/$featureName",
            params: { projectId: f.project, featureName: f.name },
          }),
        ),
      ),
    },
    {
      group: "Projects",
      actions: (projectList.data?.projects ?? [])
        .filter((p) => matches(p.name, p.id))
        .slice(0, atMost)
        .map((p) =>
          action(`project ${p.id}`, p.name, p.description, <IconFolder size={20} aria-hidden />, () =>
            navigate({ to: "/projects/$projectId", params: { projectId: p.id } }),
          ),
        ),
    },
    {
      group: "Tokens",
      actions: (words.length > 0 ? (tokenList.data?.tokens ?? []) : [])
        .filter((t) => matches(t.tokenName, t.hint, t.type, t.id))
        .slice(0, atMost)
        .map((t) =>
          action(`token ${t.id}`, t.tokenName, `${t.type} token`, <IconKey size={20} aria-hidden />, () =>
            navigate({ to: `/admin/api/${encodeURIComponent(t.id ?? "")}` as never }),
          ),
        ),
    },
    {
      group: "Pages",
      actions: pages
        .filter((page) => matches(page.title, page.words))
        .map(({ title, to, icon: Icon }) =>
          action(`page ${to}`, title, undefined, <Icon size={20} stroke={1.6} aria-hidden />, () =>
            navigate({ to: to as never }),
          ),
        ),
    },
  ];
  return groups.filter((group) => group.actions.length > 0);
}

function action(
  id: string,
  label: string,
  description: string | null | undefined,
  leftSection: React.ReactNode,
  go: () => unknown,
): SpotlightActionData {
  return { id, label, description: description ?? undefined, leftSection, onClick: () => void go() };
}
