/**
 * Whether somebody is signed in, seen from the page. When a request is refused
 * because the session ended, it waits here until the person has signed in again
 * in a dialog over the page, and is then sent once more: nothing typed is lost.
 */
class Session {
  /** Somebody was signed in when the page loaded. */
  known = false;
  private waiting: { resolve: () => void; reject: (reason: Error) => void }[] = [];
  private listeners = new Set<() => void>();

  /** Waits until renewed() or abandoned(). */
  renewal(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.tell();
    });
  }

  renewed() {
    for (const one of this.take()) one.resolve();
  }

  abandoned() {
    this.known = false;
    for (const one of this.take()) one.reject(new Error("you are signed out"));
  }

  /** For useSyncExternalStore. */
  subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  expired = () => this.waiting.length > 0;

  private take() {
    const all = this.waiting;
    this.waiting = [];
    this.tell();
    return all;
  }

  private tell() {
    for (const listener of this.listeners) listener();
  }
}

export const session = new Session();
