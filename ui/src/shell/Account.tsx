import { Avatar, Menu, UnstyledButton } from "@mantine/core";
import { IconLogout, IconSelector, IconUser } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { queries } from "@/api/cache";
import { basePath, call } from "@/api/client";
import { me } from "@/api/queries";
import { ThemeChoice } from "@/parts/ThemeChoice";
import classes from "./Shell.module.css";

/** Signs out and leaves nothing in memory. */
export async function signOut() {
  await call("POST", "/logout");
  queries.clear();
  window.location.assign(`${basePath}/login`);
}

/** Who is signed in: profile, look of the pages, signing out. */
export function Account({ onFollow }: { onFollow: () => void }) {
  const { data } = useQuery(me());
  const name = data?.user.name || data?.user.username || data?.user.email || "";
  return (
    <Menu position="top-start" width={232}>
      <Menu.Target>
        <UnstyledButton className={classes.account} aria-label={`Account of ${name}`}>
          <Avatar size={28} radius="xl" name={name} color="sea" aria-hidden />
          <span className={classes.accountName} dir="auto">
            {name}
          </span>
          <IconSelector size={16} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconUser size={16} aria-hidden />}
          renderRoot={(props) => <Link to="/profile" {...props} onClick={onFollow} />}
        >
          Profile
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>Theme</Menu.Label>
        <div role="presentation" style={{ padding: "0 8px 8px" }}>
          <ThemeChoice size="xs" />
        </div>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
