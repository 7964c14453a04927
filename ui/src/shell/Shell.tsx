import { ActionIcon, Burger, Drawer, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { spotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { CatchBoundary, Link, Outlet, useLocation } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { Failed } from "@/parts/Failed";
import { useCan } from "@/parts/permissions";
import { Account } from "./Account";
import { Logo } from "./Logo";
import { navigation } from "./navigation";
import { Search } from "./Search";
import classes from "./Shell.module.css";
import { SignInAgain } from "./SignInAgain";
import { useLive } from "./useLive";

/** The frame around all pages of people who are signed in. */
export function Shell() {
  const [opened, { open, close }] = useDisclosure(false);
  const main = useRef<HTMLElement>(null);
  const path = useLocation({ select: (location) => location.pathname });
  useArrival(path, main);
  useLive();
  return (
    <div className={classes.shell}>
      <button type="button" className={classes.skip} onClick={() => main.current?.focus()}>
        Skip to the page
      </button>
      <header className={classes.bar}>
        <Burger opened={opened} onClick={open} size="sm" aria-label="Navigation" />
        <Logo />
        <ActionIcon variant="subtle" color="gray" size="lg" onClick={spotlight.open} aria-label="Search">
          <IconSearch size={20} aria-hidden />
        </ActionIcon>
      </header>
      <aside className={classes.side}>
        <Navigation onFollow={close} />
      </aside>
      <Drawer opened={opened} onClose={close} position="left" size={272} title={<Logo />}>
        <div className={classes.drawer}>
          <Navigation onFollow={close} inDrawer />
        </div>
      </Drawer>
      <main ref={main} tabIndex={-1} className={classes.main}>
        <CatchBoundary getResetKey={() => path} errorComponent={({ error }) => <Failed error={error} />}>
          <Outlet />
        </CatchBoundary>
      </main>
      <Search />
      <SignInAgain />
    </div>
  );
}

/** Moves the focus to a new page, so that the keyboard and screen readers start there. */
function useArrival(path: string, main: React.RefObject<HTMLElement | null>) {
  const before = useRef(path);
  useEffect(() => {
    if (before.current !== path) main.current?.focus({ preventScroll: true });
    before.current = path;
  }, [path, main]);
}

function Navigation({ onFollow, inDrawer = false }: { onFollow: () => void; inDrawer?: boolean }) {
  const can = useCan();
  return (
    <>
      {!inDrawer && (
        <div className={classes.logo}>
          <Logo />
        </div>
      )}
      <UnstyledButton
        className={classes.search}
        onClick={() => {
          onFollow();
          spotlight.open();
        }}
      >
        <IconSearch size={16} aria-hidden />
        <span>Search</span>
        <kbd>Ctrl K</kbd>
      </UnstyledButton>
      <nav aria-label="Main" className={classes.nav}>
        {navigation.map(({ section, pages }) => {
          const seen = pages.filter((page) => !page.permission || can(page.permission));
          if (seen.length === 0) return null;
          return (
            <section key={section} aria-label={section}>
              <div className={classes.section} aria-hidden>
                {section}
              </div>
              {seen.map(({ title, to, icon: Icon }) => (
                <Link
                  key={to}
                  to={to}
                  className={classes.link}
                  activeOptions={{ includeSearch: false }}
                  onClick={onFollow}
                >
                  <Icon size={18} stroke={1.8} aria-hidden />
                  {title}
                </Link>
              ))}
            </section>
          );
        })}
      </nav>
      <Account onFollow={onFollow} />
    </>
  );
}
