// Waiting, always bounded, always with a reason to print.

const step = 20;

/**
 * Calls probe until it returns something truthy, and returns that. Throws
 * after the limit (milliseconds), saying what was awaited and the last error
 * or value seen.
 */
export async function eventually(what, probe, limit = 15_000) {
  const end = Date.now() + limit;
  let last;
  do {
    try {
      last = await probe();
      if (last) return last;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, step));
  } while (Date.now() < end);
  throw new Error(`waited ${limit} ms in vain for: ${what}; last seen: ${last?.stack ?? JSON.stringify(last)}`);
}

/** Rejects when the promise takes longer than the limit (milliseconds). */
export function within(what, promise, limit = 15_000) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${limit} ms in vain for: ${what}`)), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
