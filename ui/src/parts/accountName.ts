interface Named {
  id: number;
  name?: string;
  username?: string;
  email?: string;
}

/** What a person or a service account is called. */
export function accountName({ id, name, username, email }: Named): string {
  return name || username || email || String(id);
}

/** The other names of an account, for finding out which of two it is. */
export function otherNames({ name, username, email }: Omit<Named, "id">): string {
  const shown = name || username || email;
  return [username, email].filter((one) => one && one !== shown).join(" · ");
}
