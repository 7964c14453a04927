import { Badge, Button } from "@mantine/core";
import { IconHelpHexagon } from "@tabler/icons-react";
import { Outlet } from "@tanstack/react-router";
import { useState } from "react";
import { Page } from "@/parts/Page";
import { TabLinks } from "@/parts/TabLinks";
import { FlagMenu } from "./FlagMenu";
import { FlagStar, Stale } from "./FlagName";
import { useFlag } from "./useFlag";
import { Why } from "./Why";
import { stageWords } from "./words";

/** The frame of one flag: its name, marks, actions and tabs. */
export function FlagPage() {
  const { projectId, featureName, data, error } = useFlag();
  const [asking, setAsking] = useState(false);
  if (error && !data) throw error;
  const at = `/projects/${encodeURIComponent(projectId)}/features/${encodeURIComponent(featureName)}`;
  return (
    <Page
      title={featureName}
      above={[
        { title: "Projects", to: "/projects" },
        { title: projectId, to: `/projects/${encodeURIComponent(projectId)}` },
      ]}
      about={data?.description}
      marks={
        data && (
          <>
            <FlagStar projectId={projectId} featureName={featureName} favorite={data.favorite} />
            {data.archived && <Badge color="gray">Archived</Badge>}
            {data.stale && <Stale />}
            {data.lifecycle && (
              <Badge variant="light" color="gray" tt="none">
                {stageWords(data.lifecycle.stage)?.name}
              </Badge>
            )}
          </>
        )
      }
      actions={
        data && (
          <>
            <Button
              variant="default"
              leftSection={<IconHelpHexagon size={18} aria-hidden />}
              onClick={() => setAsking(true)}
            >
              Why on or off?
            </Button>
            <FlagMenu flag={data} />
          </>
        )
      }
    >
      <TabLinks
        label="Flag"
        tabs={[
          { title: "Overview", to: at, exact: true },
          { title: "Evaluations", to: `${at}/metrics` },
          { title: "History", to: `${at}/logs` },
          { title: "Connect", to: `${at}/connect` },
        ]}
      />
      <Outlet />
      {data && <Why flag={data} opened={asking} onClose={() => setAsking(false)} />}
    </Page>
  );
}
