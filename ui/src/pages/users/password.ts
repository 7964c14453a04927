const letters = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"; // none that look alike

/** A password by chance: four groups of five, 115 bits, which keeps every rule of the server. */
export function newPassword(): string {
  for (;;) {
    const random = crypto.getRandomValues(new Uint32Array(20));
    const text = [...random].map((n) => letters[n % letters.length]).join("");
    if (/[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text) && !/(.)\1\1/.test(text)) {
      return text.match(/.{5}/g)?.join("-") ?? text;
    }
  }
}
